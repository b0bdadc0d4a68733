package io.logitstream.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.Seeds;
import io.logitstream.record.LossTerm.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossStateTest {

    private final Random random = Seeds.random(getClass());

    private static double weightedSum(List<LossTerm> terms, ToDoubleFunction<LossTerm> figure) {
        return terms.stream().mapToDouble(t -> t.weight() * figure.applyAsDouble(t)).sum();
    }

    @Test
    void figuresAgreeWithADirectComputation() {
        List<LossTerm> all = TestLossTerms.random(random, 3000);
        List<LossTerm> labelled = all.stream().filter(term -> term.label() != null).toList();
        LossState state = TestLossTerms.state(all);
        double weight = weightedSum(all, t -> 1);
        double labelledWeight = weightedSum(labelled, t -> 1);
        double loss = weightedSum(labelled, t -> t.label().lossNats());

        assertThat(state.records()).isEqualTo(3000);
        assertThat(state.labelled()).isEqualTo(labelled.size());
        assertThat(state.infiniteLosses()).isZero();
        assertThat(state.weight()).isEqualTo(weight);
        assertThat(state.lossSum()).isCloseTo(loss, within(1e-7));
        assertThat(state.lossMean()).isCloseTo(loss / labelledWeight, within(1e-10));
        assertThat(state.perplexity())
                .isCloseTo(StrictMath.exp(loss / labelledWeight), within(1e-3));
        assertThat(state.meanConfidence())
                .isCloseTo(weightedSum(all, LossTerm::confidence) / weight, within(1e-10));
        assertThat(state.meanEntropy())
                .isCloseTo(weightedSum(all, LossTerm::entropyNats) / weight, within(1e-10));
        assertThat(state.brier())
                .isCloseTo(
                        weightedSum(labelled, t -> t.label().brier()) / labelledWeight,
                        within(1e-10));
        assertThat(state.top1Accuracy())
                .isCloseTo(
                        weightedSum(labelled, t -> t.label().rank() == 0 ? 1 : 0) / labelledWeight,
                        within(1e-10));
        assertThat(state.top5Accuracy())
                .isCloseTo(
                        weightedSum(labelled, t -> t.label().rank() >= 0 ? 1 : 0) / labelledWeight,
                        within(1e-10));
    }

    @Test
    void calibrationSeesLabelledRowsOnly() {
        LossState state =
                TestLossTerms.state(
                        List.of(
                                TestLossTerms.labelled(1, 0.9, 0.1, 0),
                                TestLossTerms.labelled(3, 0.9, 2, 1),
                                TestLossTerms.unlabelled(1, 0.9, 0.3)));
        assertThat(state.calibration().count(13)).isEqualTo(2);
        assertThat(state.calibration().accuracy(13)).isEqualTo(0.25);
        assertThat(state.calibration().expectedError()).isCloseTo(0.65, within(1e-11));
    }

    @Test
    void perplexityIsTheExponentialOfTheMeanLoss() {
        LossState state = TestLossTerms.state(List.of(TestLossTerms.labelled(2, 0.5, 1.25, 0)));
        assertThat(state.perplexity()).isEqualTo(StrictMath.exp(1.25));
    }

    @Test
    void figuresOfNoRowsAreNotNumbers() {
        LossState state = new LossState();
        assertThat(state.records()).isZero();
        assertThat(state.weight()).isZero();
        assertThat(state.lossSum()).isZero();
        assertThat(state.meanConfidence()).isNaN();
        assertThat(state.meanEntropy()).isNaN();
        assertLabelFiguresAreNotNumbers(state);
    }

    @Test
    void figuresOfLabelsAreNotNumbersWithoutLabels() {
        LossState state = TestLossTerms.state(List.of(TestLossTerms.unlabelled(1, 0.75, 0.5)));
        assertThat(state.records()).isEqualTo(1);
        assertThat(state.labelled()).isZero();
        assertThat(state.meanConfidence()).isEqualTo(0.75);
        assertThat(state.meanEntropy()).isEqualTo(0.5);
        assertLabelFiguresAreNotNumbers(state);
    }

    @Test
    void meansOfRowsWithoutWeightAreNotNumbers() {
        LossState state = TestLossTerms.state(List.of(TestLossTerms.labelled(0, 0.75, 1, 0)));
        assertThat(state.labelled()).isEqualTo(1);
        assertThat(state.lossMean()).isNaN();
        assertThat(state.top1Accuracy()).isNaN();
        assertThat(state.meanConfidence()).isNaN();
        assertThat(state.lossQuantile(0.5)).isCloseTo(1, within(0.01));
    }

    private static void assertLabelFiguresAreNotNumbers(LossState state) {
        assertThat(state.lossMean()).isNaN();
        assertThat(state.perplexity()).isNaN();
        assertThat(state.top1Accuracy()).isNaN();
        assertThat(state.top5Accuracy()).isNaN();
        assertThat(state.brier()).isNaN();
        assertThat(state.lossQuantile(0.5)).isNaN();
        assertThat(state.calibration().expectedError()).isNaN();
    }

    @Test
    void anInfiniteLossIsCountedAndLeftOutOfTheLossAlone() {
        LossState state =
                TestLossTerms.state(
                        List.of(
                                TestLossTerms.labelled(1, 0.5, 0.5, 0),
                                TestLossTerms.labelled(3, 0.5, Double.POSITIVE_INFINITY, -1)));
        assertThat(state.infiniteLosses()).isEqualTo(1);
        assertThat(state.labelled()).isEqualTo(2);
        assertThat(state.lossSum()).isEqualTo(0.5);
        assertThat(state.lossMean()).isEqualTo(0.5);
        assertThat(state.lossQuantile(1)).isCloseTo(0.5, within(0.005));
        assertThat(state.top1Accuracy()).isEqualTo(0.25);
        assertThat(state.calibration().count(7)).isEqualTo(2);
    }

    @Test
    void aLossTooLargeForTheSumsIsCountedLikeAnInfiniteOne() {
        double weight = 0x1p39;
        LossState state =
                TestLossTerms.state(
                        List.of(
                                TestLossTerms.labelled(weight, 0.5, 0x1p21, -1),
                                TestLossTerms.labelled(weight, 0.5, Math.nextDown(0x1p21), -1),
                                TestLossTerms.labelled(0, 0.5, Double.POSITIVE_INFINITY, -1)));
        assertThat(state.infiniteLosses()).isEqualTo(2);
        assertThat(state.lossSum()).isEqualTo(weight * Math.nextDown(0x1p21));
        assertThat(state.lossMean()).isEqualTo(Math.nextDown(0x1p21));
    }

    @Test
    void ranksFromZeroToFourAreAmongTheFirstFive() {
        double[] top5 = {0, 1, 1, 1, 1, 1};
        for (int rank = -1; rank < 5; rank++) {
            LossState state = TestLossTerms.state(List.of(TestLossTerms.labelled(1, 0.5, 1, rank)));
            assertThat(state.top5Accuracy()).as("rank %s", rank).isEqualTo(top5[rank + 1]);
            assertThat(state.top1Accuracy()).as("rank %s", rank).isEqualTo(rank == 0 ? 1 : 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 99, 100, 101, 3000})
    void quantilesAreWithinOnePercentOrAMillionthOfTheOrderStatistic(int count) {
        List<Double> losses = new ArrayList<>();
        LossState left = new LossState();
        LossState right = new LossState();
        for (int i = 0; i < count; i++) {
            double loss = StrictMath.exp(-20 + 28 * random.nextDouble());
            losses.add(loss);
            (i % 3 == 0 ? left : right).add(TestLossTerms.labelled(i % 5, 0.5, loss, 0));
        }
        left.mergeWith(right);
        Collections.sort(losses);
        // In per mille, so that the expected rank is found in whole numbers.
        for (int q : new int[] {0, 1, 10, 70, 250, 500, 900, 990, 999, 1000}) {
            int rank = Math.max(1, (q * count + 999) / 1000);
            double expected = losses.get(rank - 1);
            assertThat(left.lossQuantile(q / 1000.0))
                    .as("quantile %s of %s", q / 1000.0, count)
                    .isCloseTo(expected, within(Math.max(0.01 * expected, 1e-6)));
        }
    }

    @Test
    void quantilesTakeLossesAboveFourThousandAsThat() {
        LossState state = TestLossTerms.state(List.of(TestLossTerms.labelled(1, 0.5, 1e6, -1)));
        assertThat(state.lossQuantile(0.5)).isCloseTo(4096, within(41.0));
        assertThat(state.lossMean()).isEqualTo(1e6);
    }

    @Test
    void mergesInAnyOrderAndGroupingGiveTheSameBytes() {
        List<LossTerm> terms = TestLossTerms.random(random, 500);
        terms.add(TestLossTerms.labelled(1, 0.5, Double.POSITIVE_INFINITY, -1));
        byte[] straight = LossStateFormat.encode(TestLossTerms.state(terms));
        for (int round = 0; round < 20; round++) {
            Collections.shuffle(terms, random);
            int cut = random.nextInt(501);
            int secondCut = cut + random.nextInt(501 - cut);
            LossState first = TestLossTerms.state(terms.subList(0, cut));
            LossState second = TestLossTerms.state(terms.subList(cut, secondCut));
            LossState third = TestLossTerms.state(terms.subList(secondCut, 501));
            byte[] before = LossStateFormat.encode(first);
            if (round % 2 == 0) {
                third.mergeWith(first);
                third.mergeWith(second);
            } else {
                second.mergeWith(first);
                third.mergeWith(second);
            }
            assertThat(LossStateFormat.encode(third)).isEqualTo(straight);
            assertThat(LossStateFormat.encode(first)).isEqualTo(before);
        }
    }

    @Test
    void aRowWithoutWeightDoesNotUnboundTheMean() {
        LossState state =
                TestLossTerms.state(
                        List.of(
                                TestLossTerms.labelled(1, 0.5, 1, 0),
                                TestLossTerms.row(
                                        1,
                                        0.5,
                                        0.5,
                                        new LabelFigures(
                                                9,
                                                -1,
                                                2,
                                                Double.POSITIVE_INFINITY,
                                                0,
                                                Double.NaN))));
        assertThat(state.lossMeanFrom()).isEqualTo(1);
        assertThat(state.lossMeanTo()).isEqualTo(1);
    }

    /** Values so large are in a bucket whose middle is beyond the limit. */
    @Test
    void lossQuantilesAreAtMostTheirLimit() {
        LossState state = TestLossTerms.state(List.of(TestLossTerms.labelled(1, 0.5, 1e6, -1)));
        assertThat(state.lossQuantile(0.5)).isEqualTo(4096);
    }

    /** The windows of rows and of those taken back may be apart until they meet. */
    @Test
    void aComparisonThatIsTakenBackElsewhereLeavesNoTrace() throws IOException {
        RowComparison one = comparison(1);
        RowComparison other = comparison(2);
        Comparison apart = new Comparison();
        apart.add(one, 1, 1);
        apart.add(other, 1, -1);
        Comparison met = new Comparison();
        met.readFrom(new DataInputStream(new ByteArrayInputStream(bytes(apart))));
        Comparison rest = new Comparison();
        rest.add(other, 1, 1);
        met.mergeWith(rest);
        Comparison straight = new Comparison();
        straight.add(one, 1, 1);
        assertThat(bytes(met)).isEqualTo(bytes(straight));
    }

    private static RowComparison comparison(int which) {
        int[] five = {which, 4, 3, 2, 1};
        boolean[] agree = {true, true, which == 1, false, true};
        long[] sent = {8, 8, 8, 4, which};
        return new RowComparison(
                new double[] {which, 0.5, 0.25, 2, 3.5}, agree, five, sent, 0.125 * which);
    }

    private static byte[] bytes(Comparison comparison) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        comparison.writeTo(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    @Test
    void aTermThatIsTakenBackElsewhereLeavesNoTrace() {
        List<LossTerm> terms = TestLossTerms.random(random, 300);
        byte[] straight = LossStateFormat.encode(TestLossTerms.state(terms));
        LossTerm wrong =
                TestLossTerms.joined(
                        Kind.CORRECTED,
                        0.5,
                        0.9,
                        new LabelFigures(7, -1, 3.25, 3.25, 2, 1.5),
                        1234);
        LossTerm bounded =
                TestLossTerms.joined(
                        Kind.MATCHED, 1, 0.3, new LabelFigures(8, -1, 2, 5, 1, Double.NaN), 99);
        List<LossTerm> more = new ArrayList<>(terms);
        more.add(wrong);
        more.add(bounded);
        LossState elsewhere =
                LossStateFormat.decode(
                        LossStateFormat.encode(
                                TestLossTerms.state(
                                        List.of(wrong.withdrawn(), bounded.withdrawn()))));
        LossState state = TestLossTerms.state(more);
        assertThat(LossStateFormat.encode(state)).isNotEqualTo(straight);
        elsewhere.mergeWith(state);
        assertThat(LossStateFormat.encode(elsewhere)).isEqualTo(straight);
        assertThat(elsewhere.lossQuantile(0.9))
                .isEqualTo(TestLossTerms.state(terms).lossQuantile(0.9));
    }

    @Test
    void boundedLossesStandBesideTheExactOnes() {
        LossState state =
                TestLossTerms.state(
                        List.of(
                                TestLossTerms.labelled(1, 0.5, 1, 0),
                                TestLossTerms.row(
                                        3,
                                        0.5,
                                        0.5,
                                        new LabelFigures(9, -1, 2, 6, 1, Double.NaN))));
        assertThat(state.labelled()).isEqualTo(2);
        assertThat(state.boundedLosses()).isEqualTo(1);
        assertThat(state.lossMean()).isEqualTo(1);
        assertThat(state.lossMeanFrom()).isEqualTo((1 + 3 * 2) / 4.0);
        assertThat(state.lossMeanTo()).isEqualTo((1 + 3 * 6) / 4.0);
        assertThat(state.top1Accuracy()).isEqualTo(0.25);
        assertThat(state.brier()).isEqualTo(0.25);
        double infinity = Double.POSITIVE_INFINITY;
        state.add(
                TestLossTerms.row(
                        1, 0.5, 0.5, new LabelFigures(9, -1, 2, infinity, 1, Double.NaN)));
        assertThat(state.lossMeanFrom()).isEqualTo((1 + 3 * 2 + 2) / 5.0);
        assertThat(state.lossMeanTo()).as("no bound").isNaN();
        assertThat(state.infiniteLosses()).isZero();
    }

    @Test
    void theLedgerAddsUp() {
        LossState state = new LossState();
        for (int i = 0; i < 5; i++) {
            state.add(TestLossTerms.waiting(1, 0.5, 0.5));
        }
        state.add(TestLossTerms.unlabelled(1, 0.5, 0.5));
        state.add(TestLossTerms.joined(Kind.MATCHED, 1, 0.5, null, 100));
        state.add(TestLossTerms.joined(Kind.CORRECTED, 1, 0.5, null, 10_000));
        state.add(LossTerm.event(Kind.EXPIRED, "m", null, 0));
        state.add(LossTerm.event(Kind.ORPHAN, "m", null, 0));
        LabelLedger ledger = state.ledger();
        assertThat(ledger.awaited()).isEqualTo(5);
        assertThat(ledger.joined()).isEqualTo(2);
        assertThat(ledger.waiting()).isEqualTo(2);
        assertThat(ledger.labels()).isEqualTo(3);
        assertThat(state.coverage()).isEqualTo(3 / 6.0);
        assertThat(ledger.delayQuantileMillis(0.5)).isCloseTo(100, within(1.0));
        assertThat(ledger.delayQuantileMillis(1)).isCloseTo(10_000, within(100.0));
    }

    @Test
    void theEmptyStateIsTheIdentity() {
        LossState state = TestLossTerms.state(TestLossTerms.random(random, 50));
        byte[] before = LossStateFormat.encode(state);
        state.mergeWith(new LossState());
        assertThat(LossStateFormat.encode(state)).isEqualTo(before);
        LossState empty = new LossState();
        empty.mergeWith(state);
        assertThat(LossStateFormat.encode(empty)).isEqualTo(before);
    }
}
