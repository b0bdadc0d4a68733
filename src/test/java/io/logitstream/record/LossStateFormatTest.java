package io.logitstream.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.logitstream.Seeds;
import io.logitstream.record.LossTerm.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossStateFormatTest {

    /** From the layout in {@link LossStateFormat}: all that comes before the calibration bins. */
    private static final int BINS_AT = 1 + 8 * 8 + 21 * 16;

    private static final int BIN_BYTES = 2 + 8 + 3 * 16;

    private static int bucketCountAt(byte[] state) {
        return BINS_AT + 2 + BIN_BYTES * ByteBuffer.wrap(state).getShort(BINS_AT);
    }

    /** What the golden bytes hold. */
    private static LossState goldenState() {
        return TestLossTerms.state(
                List.of(
                        TestLossTerms.labelled(1, 0.9, 0.105, 0),
                        TestLossTerms.labelled(2.5, 0.4, 1.75, 3),
                        TestLossTerms.labelled(0.1, 1, 4500, -1),
                        TestLossTerms.labelled(1, 0.5, Double.POSITIVE_INFINITY, -1),
                        TestLossTerms.labelled(1, 0.9, 0.105, 0),
                        TestLossTerms.unlabelled(1e-3, 0.7, 0.61),
                        TestLossTerms.waiting(1, 0.6, 0.5),
                        TestLossTerms.waiting(2, 0.3, 0.9),
                        TestLossTerms.joined(
                                Kind.MATCHED, 1, 0.6, TestLossTerms.figures(0, 0.5, 0.3), 1234),
                        TestLossTerms.joined(
                                Kind.CORRECTED,
                                2,
                                0.3,
                                new LabelFigures(9, -1, 1.25, 3.5, 1, Double.NaN),
                                98_765),
                        LossTerm.event(Kind.REFUSED_ROW, "m", null, 0),
                        LossTerm.event(Kind.EXPIRED, "m", null, 0),
                        LossTerm.event(Kind.REPEATED_SCORE, "m", null, 0),
                        LossTerm.event(Kind.ORPHAN, "m", null, 0),
                        LossTerm.event(Kind.DUPLICATE, "m", null, 0),
                        LossTerm.event(Kind.CONFLICTING, "m", null, 0),
                        LossTerm.event(Kind.TOO_LATE, "m", null, 0)));
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream in =
                LossStateFormatTest.class.getResourceAsStream("/golden/" + name + ".hex")) {
            String text =
                    new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            return HexFormat.of().parseHex(text.replaceAll("(?m)^#.*$|\\s", ""));
        }
    }

    @Test
    void readsTheBytesOfVersionOneForever() throws IOException {
        LossState state = LossStateFormat.decode(golden("loss-state-v1"));
        assertThat(state.records()).isEqualTo(8);
        assertThat(state.labelled()).isEqualTo(7);
        assertThat(state.boundedLosses()).isEqualTo(1);
        assertThat(state.refused()).isEqualTo(1);
        assertThat(state.ledger().awaited()).isEqualTo(2);
        assertThat(state.ledger().labels()).isEqualTo(6);
        assertThat(state.classes().predicted(2)).isEqualTo(8);
        assertThat(state.confusions().mostFrequent(9)).hasSize(3);
        assertThat(state.infiniteLosses()).isEqualTo(1);
        LossState expected = goldenState();
        assertThat(state.weight()).isEqualTo(expected.weight());
        assertThat(state.lossMean()).isEqualTo(expected.lossMean());
        assertThat(state.top1Accuracy()).isEqualTo(expected.top1Accuracy());
        assertThat(state.top5Accuracy()).isEqualTo(expected.top5Accuracy());
        assertThat(state.brier()).isEqualTo(expected.brier());
        assertThat(state.meanConfidence()).isEqualTo(expected.meanConfidence());
        assertThat(state.meanEntropy()).isEqualTo(expected.meanEntropy());
        assertThat(state.calibration().expectedError())
                .isEqualTo(expected.calibration().expectedError());
        for (double q : new double[] {0, 0.5, 0.9, 1}) {
            assertThat(state.lossQuantile(q)).isEqualTo(expected.lossQuantile(q));
        }
    }

    @Test
    void writesTheBytesOfVersionOne() throws IOException {
        assertThat(HexFormat.of().formatHex(LossStateFormat.encode(goldenState())))
                .isEqualTo(HexFormat.of().formatHex(golden("loss-state-v1")));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 1000})
    void decodingWhatWasEncodedGivesTheSameState(int rows) {
        LossState state = TestLossTerms.state(TestLossTerms.random(Seeds.random(getClass()), rows));
        byte[] bytes = LossStateFormat.encode(state);
        LossState back = LossStateFormat.decode(bytes);
        assertThat(LossStateFormat.encode(back)).isEqualTo(bytes);
        assertThat(back.lossSum()).isEqualTo(state.lossSum());
        assertThat(back.weight()).isEqualTo(state.weight());

        // It goes on counting as the state itself does.
        back.add(TestLossTerms.labelled(1, 0.3, 2, 1));
        state.add(TestLossTerms.labelled(1, 0.3, 2, 1));
        assertThat(LossStateFormat.encode(back)).isEqualTo(LossStateFormat.encode(state));
    }

    @Test
    void refusesBytesCutOffAnywhere() {
        byte[] bytes = LossStateFormat.encode(goldenState());
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatIllegalArgumentException()
                    .as("%s bytes", length)
                    .isThrownBy(() -> LossStateFormat.decode(cut));
        }
    }

    @Test
    void refusesBytesAfterTheEnd() {
        byte[] bytes = LossStateFormat.encode(goldenState());
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        assertThatIllegalArgumentException().isThrownBy(() -> LossStateFormat.decode(longer));
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 2, -1, 127})
    void refusesOtherVersions(byte version) {
        byte[] bytes = LossStateFormat.encode(goldenState());
        bytes[0] = version;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LossStateFormat.decode(bytes))
                .withMessageContainingAll("version " + version, "not 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 1 << 28})
    void refusesAnImpossibleNumberOfBuckets(int buckets) {
        byte[] bytes = LossStateFormat.encode(new LossState());
        ByteBuffer.wrap(bytes).putInt(bucketCountAt(bytes), buckets);
        assertThatIllegalArgumentException().isThrownBy(() -> LossStateFormat.decode(bytes));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, (1L << 32) + 1, Long.MAX_VALUE})
    void refusesABucketOutsideTheHistogram(long value) {
        byte[] bytes = LossStateFormat.encode(goldenState());
        ByteBuffer.wrap(bytes).putLong(bucketCountAt(bytes) + 4, value);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LossStateFormat.decode(bytes))
                .withMessageContaining(Long.toString(value));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MIN_VALUE})
    void refusesABucketWithoutRows(long count) {
        byte[] bytes = LossStateFormat.encode(goldenState());
        ByteBuffer.wrap(bytes).putLong(bucketCountAt(bytes) + 4 + 8, count);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LossStateFormat.decode(bytes))
                .withMessageContaining(Long.toString(count));
    }
}
