package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.AggregateFigure;
import io.logitstream.record.AlertRule;
import io.logitstream.record.DriftReference;
import io.logitstream.record.Keep;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sections labels, label-ledger, alerts and drift. */
class WatchSectionsTest {

    private static final String LOSSES = "losses: { topic: losses, allowed-lateness: 2h }\n";
    private static final String LABELS = "labels: { topic: labels }\n";

    @TempDir Path directory;

    private JobFixture job(String more) {
        return new JobFixture(directory).yaml(JobFixture.MINIMAL + more);
    }

    @Test
    void fillsInDefaultsOfLabels() throws Exception {
        assertThat(job(LOSSES + LABELS).read().labels())
                .isEqualTo(new JobFile.Labels("labels", 3_600_000, Keep.FLOAT32, 5_000, 30_000));
    }

    @ParameterizedTest
    @CsvSource({
        "float32, FLOAT32, 5",
        "float16, FLOAT16, 5",
        "top(5), TOP, 5",
        "top(128), TOP, 128"
    })
    void readsWhatToKeep(String text, Keep.Form form, int best) throws Exception {
        JobFile job = job(LOSSES + LABELS).set("labels.keep=" + text).read();
        assertThat(job.labels().keep()).isEqualTo(new Keep(form, best));
        assertThat(job.describe()).contains("keep: " + text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"top(4)", "top(129)", "top(05)", "top", "float64", "top()"})
    void refusesOtherWaysToKeep(String text) {
        assertThat(job(LOSSES + LABELS).set("labels.keep=" + text).faults())
                .singleElement()
                .asString()
                .contains("is not a way to keep scores")
                .contains("float32, float16, or top(M) with M from 5 to 128");
    }

    @Test
    void refusesAWaitThatOutlastsTheWindows() {
        assertThat(job(LOSSES + LABELS).set("labels.wait=3h").faults())
                .singleElement()
                .asString()
                .contains("labels.wait: \"3h\" is longer than losses.allowed-lateness")
                .contains("at most 2h");
    }

    @Test
    void sectionsNeedEachOther() {
        assertThat(
                        job(LABELS
                                        + "alerts: { topic: alerts, rules: [{ name: a, figure: brier, above: 1 }] }\n")
                                .faults())
                .containsExactly(
                        "job.yaml:13:1: labels: needs a section losses",
                        "job.yaml:14:1: alerts: needs a section losses");
        assertThat(job(LOSSES + "label-ledger: { topic: ledger }\n").faults())
                .containsExactly("job.yaml:14:1: label-ledger: needs a section labels");
    }

    @Test
    void everyTopicIsOfItsOwn() {
        assertThat(job(LOSSES + "labels: { topic: scores }\n").faults())
                .singleElement()
                .asString()
                .contains("labels.topic: \"scores\" is also the topic of scores");
    }

    @Test
    void readsRules() throws Exception {
        JobFile job =
                job(LOSSES
                                + """
                                alerts:
                                  topic: alerts
                                  rules:
                                    - { name: a, figure: loss.mean, above: 2, leave: 1.5, windows: 3 }
                                    - { name: b, model: m, segment: eu, figure: accuracy.top1, below: 0.5 }
                                """)
                        .read();
        assertThat(job.alerts())
                .isEqualTo(
                        new JobFile.Alerts(
                                "alerts",
                                List.of(
                                        new AlertRule(
                                                "a",
                                                null,
                                                "*",
                                                AggregateFigure.LOSS_MEAN,
                                                true,
                                                2,
                                                1.5,
                                                3),
                                        new AlertRule(
                                                "b",
                                                "m",
                                                "eu",
                                                AggregateFigure.TOP1,
                                                false,
                                                0.5,
                                                0.5,
                                                1))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "figure: brier | has no threshold",
                "figure: brier, above: 1, below: 0 | has two thresholds",
                "figure: brier, above: 1, leave: 2 | is worse than the threshold",
                "figure: brier, below: 1, leave: 0 | is worse than the threshold",
                "figure: loss, above: 1 | is not one of the values",
                "figure: brier, above: 1, model: other | is none of the models",
                "figure: brier, above: many | is not a finite number",
                "figure: deadLetterShare, above: 1 | can never be passed",
                "figure: accuracy.top1, below: 85 | would not end",
                "figure: calibration.ece, above: 0.1, leave: -1 | would not end",
                "figure: records, below: 0 | can never be passed",
                "figure: estimated.gap.accuracy, below: -1 | can never be passed",
                "figure: labels.coverage, below: 0.5 | is there only with labels of their own",
            })
    void refusesRulesThatCannotBe(String rule, String why) {
        assertThat(
                        job(LOSSES + "alerts: { topic: a, rules: [{ name: r, " + rule + " }] }\n")
                                .faults())
                .first()
                .asString()
                .contains(why);
    }

    @Test
    void refusesToWatchAFigureThatAModelDoesNotHave() {
        String alerts =
                "alerts: { topic: a, rules: [{ name: r, figure: estimated.gap.loss, above: 1 }] }\n";
        assertThat(job(LOSSES + alerts).faults()).isEmpty();
        assertThat(job(LOSSES + alerts).set("models[0].loss.focal-gamma=2").faults())
                .singleElement()
                .asString()
                .contains("is not there for model m, which has a loss of its own");
        String perplexity = alerts.replace("estimated.gap.loss", "perplexity");
        assertThat(job(LOSSES + perplexity).faults()).isEmpty();
        assertThat(job(LOSSES + perplexity).set("models[0].normalizer=sparsemax").faults())
                .singleElement()
                .asString()
                .contains("is not there for model m, which has normalizer sparsemax");
        String support = alerts.replace("estimated.gap.loss", "support");
        assertThat(job(LOSSES + support).set("models[0].normalizer=sparsemax").faults()).isEmpty();
        assertThat(job(LOSSES + support).faults())
                .singleElement()
                .asString()
                .contains("is not there for model m, which has normalizer softmax");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "brier | normalizer: hierarchical; tree: { counts: [2, 1] }",
                "entropy | normalizer: hierarchical; tree: { counts: [2, 1] }",
                "estimated.gap.loss | normalizer: hierarchical; tree: { counts: [2, 1] }",
                "gradient.certain | normalizer: sigmoid",
                "gradient.labelUnderflow | normalizer: adaptive; cutoffs: 1",
                "gradient.effectiveClasses | normalizer: sparsemax",
                "drift.psi | temperature: 2",
                "drift.jensenShannon | temperature: 2",
            })
    void refusesToWatchFiguresThatNeverAre(String figure, String model) {
        JobFixture job =
                job(LOSSES
                                + "alerts: { topic: a, rules: [{ name: r, above: 0.5, figure: "
                                + figure
                                + " }] }\n")
                        .with("classes: 2", "classes: 2\n    " + model.replace("; ", "\n    "));
        assertThat(job.faults())
                .singleElement()
                .asString()
                .startsWith("job.yaml:")
                .contains("alerts.rules[0].figure")
                .contains("is not there for model m, which has ");
    }

    /** Windows of the others count neither way. */
    @Test
    void watchesAFigureThatOneOfTheModelsHas() {
        String rule = "alerts: { topic: a, rules: [{ name: r, figure: perplexity, above: 9 }] }\n";
        String second = "  - name: n\n    classes: 2\n    normalizer: sigmoid\n";
        JobFixture job = job(LOSSES + rule).with("classes: 2\n", "classes: 2\n" + second);
        assertThat(job.faults()).isEmpty();
        assertThat(job.set("alerts.rules[0].model=n").faults())
                .singleElement()
                .asString()
                .contains("is not there for model n");
        assertThat(
                        job(LOSSES + rule + "control: { topic: c }\n")
                                .set("models[0].normalizer=sigmoid")
                                .faults())
                .as("a later model may have it")
                .isEmpty();
    }

    @Test
    void refusesTwoRulesOfAName() {
        String rule = "{ name: r, figure: brier, above: 1 }";
        assertThat(
                        job(LOSSES + "alerts: { topic: a, rules: [" + rule + "," + rule + "] }\n")
                                .faults())
                .singleElement()
                .asString()
                .contains("alerts.rules[1].name: \"r\" is also alerts.rules[0].name");
    }

    @Test
    void readsWhatDriftIsMeasuredAgainst() throws Exception {
        JobFixture job = job(LOSSES).file("shares.txt", "30\n10\n");
        assertThat(job.set("models[0].drift.reference=shares.txt").read().models().get(0).drift())
                .isEqualTo(new DriftReference(new double[] {0.75, 0.25}, 0));
        assertThat(
                        job(LOSSES)
                                .set("models[0].drift.first-windows=7")
                                .read()
                                .models()
                                .get(0)
                                .drift())
                .isEqualTo(new DriftReference(new double[0], 7));
    }

    @Test
    void refusesDriftWithoutAReferenceOrWithTwo() {
        String model = "classes: 2\n    drift: ";
        assertThat(job(LOSSES).with("classes: 2", model + "{}").faults())
                .singleElement()
                .asString()
                .contains("models[0].drift: has no reference");
        assertThat(
                        job(LOSSES)
                                .with("classes: 2", model + "{ reference: x, first-windows: 1 }")
                                .faults())
                .singleElement()
                .asString()
                .contains("models[0].drift: has both keys");
    }

    @Test
    void refusesDriftWhereClassesAreNotCounted() {
        assertThat(
                        job(LOSSES)
                                .set("models[0].drift.first-windows=7")
                                .set("losses.per-class=1")
                                .faults())
                .singleElement()
                .asString()
                .contains("losses.per-class is 1")
                .contains("losses.per-class of at least 2");
    }

    @Test
    void refusesSharesThatAreAllZero() throws Exception {
        assertThat(
                        job(LOSSES)
                                .file("shares.txt", "0\n0\n")
                                .set("models[0].drift.reference=shares.txt")
                                .faults())
                .singleElement()
                .asString()
                .contains("has no share above 0");
    }
}
