package io.logitstream.kernel;

import static io.logitstream.kernel.CalibrationBins.BINS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.Seeds;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationBinsTest {

    private final Random random = Seeds.random(getClass());

    private record Row(double confidence, boolean isCorrect, double weight) {}

    private List<Row> rows(int count) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double confidence = 1 - random.nextDouble() * random.nextDouble();
            rows.add(new Row(confidence, random.nextDouble() < 0.8, random.nextInt(5) / 2.0));
        }
        return rows;
    }

    private static CalibrationBins bins(List<Row> rows) {
        CalibrationBins bins = new CalibrationBins();
        rows.forEach(row -> bins.add(row.confidence, row.isCorrect, row.weight));
        return bins;
    }

    private static int binOf(double confidence) {
        CalibrationBins bins = bins(List.of(new Row(confidence, true, 1)));
        for (int bin = 0; bin < BINS; bin++) {
            if (bins.count(bin) == 1) {
                return bin;
            }
        }
        throw new AssertionError("no bin for " + confidence);
    }

    /** By the definition, in decimal arithmetic: the least m with confidence at most m / 15. */
    private static int definedBin(double confidence) {
        int m =
                new BigDecimal(confidence)
                        .multiply(BigDecimal.valueOf(BINS))
                        .setScale(0, RoundingMode.CEILING)
                        .intValueExact();
        return Math.max(m, 1) - 1;
    }

    private static String bits(CalibrationBins bins) {
        return HexFormat.of().formatHex(bytes(bins));
    }

    private static byte[] bytes(CalibrationBins bins) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            bins.writeTo(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Test
    void zeroFallsInTheFirstBinAndOneInTheLast() {
        assertThat(binOf(0)).isZero();
        assertThat(binOf(-0.0)).isZero();
        assertThat(binOf(Double.MIN_VALUE)).isZero();
        assertThat(binOf(1)).isEqualTo(BINS - 1);
        assertThat(binOf(Math.nextDown(1.0))).isEqualTo(BINS - 1);
    }

    @Test
    void theUpperEdgeBelongsToItsBinAndTheNextNumberDoesNot() {
        for (int m = 1; m <= BINS; m++) {
            double edge = m / (double) BINS;
            assertThat(binOf(edge)).as("%s/15", m).isEqualTo(m - 1);
            assertThat(binOf(Math.nextDown(edge))).as("below %s/15", m).isEqualTo(m - 1);
            if (m < BINS) {
                assertThat(binOf(Math.nextUp(edge))).as("above %s/15", m).isEqualTo(m);
            }
        }
    }

    @Test
    void allOtherConfidencesFallInTheBinOfTheDefinition() {
        for (int i = 0; i < 20_000; i++) {
            double confidence = random.nextDouble();
            assertThat(binOf(confidence)).as("%s", confidence).isEqualTo(definedBin(confidence));
        }
    }

    @Test
    void errorsAgreeWithADirectComputation() {
        List<Row> rows = rows(3000);
        double[] weights = new double[BINS];
        double[] gaps = new double[BINS];
        for (Row row : rows) {
            int bin = definedBin(row.confidence);
            weights[bin] += row.weight;
            gaps[bin] += row.weight * ((row.isCorrect ? 1 : 0) - row.confidence);
        }
        double expected = 0;
        double maximum = 0;
        for (int bin = 0; bin < BINS; bin++) {
            expected += Math.abs(gaps[bin]) / Arrays.stream(weights).sum();
            if (weights[bin] > 0) {
                maximum = Math.max(maximum, Math.abs(gaps[bin]) / weights[bin]);
            }
        }
        CalibrationBins bins = bins(rows);
        assertThat(bins.expectedError()).isCloseTo(expected, within(1e-9));
        assertThat(bins.maximumError()).isCloseTo(maximum, within(1e-9));
    }

    @Test
    void aRowCountsAsMuchAsItsWeight() {
        List<Row> weighted = List.of(new Row(0.72, true, 3), new Row(0.73, false, 1));
        CalibrationBins bins = bins(weighted);
        assertThat(bins.count(10)).isEqualTo(2);
        assertThat(bins.accuracy(10)).isEqualTo(0.75);
        assertThat(bins.confidence(10)).isCloseTo(0.7225, within(1e-11));
        assertThat(bins.expectedError()).isCloseTo(0.0275, within(1e-11));
    }

    @Test
    void figuresWithoutWeightAreNotNumbers() {
        CalibrationBins bins = new CalibrationBins();
        assertThat(bins.expectedError()).isNaN();
        assertThat(bins.maximumError()).isNaN();
        assertThat(bins.confidence(4)).isNaN();
        assertThat(bins.accuracy(4)).isNaN();
        bins.add(0.5, true, 0);
        assertThat(bins.count(7)).isEqualTo(1);
        assertThat(bins.accuracy(7)).isNaN();
        assertThat(bins.maximumError()).isNaN();
    }

    @Test
    void theMaximumErrorLooksPastBinsWithoutWeight() {
        CalibrationBins bins =
                bins(
                        List.of(
                                new Row(0.1, false, 0),
                                new Row(0.5, true, 1),
                                new Row(0.75, true, 1)));
        assertThat(bins.maximumError()).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void mergesInAnyOrderToTheSameBits() {
        List<Row> rows = rows(500);
        String straight = bits(bins(rows));
        for (int round = 0; round < 20; round++) {
            Collections.shuffle(rows, random);
            int cut = random.nextInt(501);
            CalibrationBins first = bins(rows.subList(0, cut));
            CalibrationBins second = bins(rows.subList(cut, 500));
            String before = bits(second);
            first.mergeWith(second);
            assertThat(bits(first)).isEqualTo(straight);
            assertThat(bits(second)).isEqualTo(before);
        }
    }

    @Test
    void aRowThatIsTakenAwayLeavesNoTrace() {
        List<Row> rows = rows(200);
        CalibrationBins bins = bins(rows);
        CalibrationBins elsewhere = new CalibrationBins();
        elsewhere.remove(0.31, true, 0.7);
        bins.mergeWith(elsewhere);
        bins.add(0.31, true, 0.7);
        assertThat(bits(bins)).isEqualTo(bits(bins(rows)));
    }

    /** 15 rows of one confidence each: equal mass puts each in a bin of its own. */
    @Test
    void theAdaptiveErrorIsOverBinsOfEqualMass() {
        List<Row> rows = new ArrayList<>();
        double expected = 0;
        for (int i = 0; i < BINS; i++) {
            double confidence = 0.51 + i / 150.0;
            rows.add(new Row(confidence, i % 2 == 0, 2));
            expected += Math.abs((i % 2 == 0 ? 1 : 0) - confidence) / BINS;
        }
        assertThat(bins(rows).adaptiveError()).isCloseTo(expected, within(1e-9));
        assertThat(bins(rows).expectedError()).isLessThan(expected - 0.1);
        assertThat(new CalibrationBins().adaptiveError()).isNaN();
    }

    @Test
    void comesBackFromItsBytes() throws IOException {
        CalibrationBins bins = bins(rows(500));
        CalibrationBins back =
                CalibrationBins.readFrom(
                        new DataInputStream(new ByteArrayInputStream(bytes(bins))));
        assertThat(bits(back)).isEqualTo(bits(bins));
        assertThat(back.expectedError()).isEqualTo(bins.expectedError());
    }
}
