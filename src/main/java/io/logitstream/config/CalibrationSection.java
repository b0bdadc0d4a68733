package io.logitstream.config;

import static io.logitstream.config.KeySpec.Value.withDefault;

import io.logitstream.config.JobFile.Calibration;
import io.logitstream.config.KeyType.Choice;
import io.logitstream.config.KeyType.Decimal;
import io.logitstream.config.KeyType.Whole;
import io.logitstream.kernel.RowState;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The section of a job whose temperatures are fitted. */
final class CalibrationSection {

    private static final Decimal TEMPERATURE =
            new Decimal(RowState.MIN_TEMPERATURE, RowState.MAX_TEMPERATURE);

    static final KeySpec KEYS =
            new KeySpec.Section(
                    "calibration",
                    false,
                    "Fits the temperature of each model with normalizer softmax to the labels that"
                            + " come with its scores, window by window. Needs losses.",
                    List.of(
                            withDefault(
                                    "mode",
                                    new Choice(List.of("off", "shadow", "live")),
                                    "shadow",
                                    "With shadow the fitted temperature is published and nothing else"
                                            + " changes. With live it also replaces the model's, within"
                                            + " the bounds below; shards and at-least-once delivery do not go with"
                                            + " it. Rows in shards are not looked at. With off"
                                            + " nothing is fitted."),
                            KeyTexts.topic(
                                    "The topic the fitted temperatures are written to, one upsert for"
                                            + " each model; with live the job reads it too."),
                            withDefault(
                                    "share",
                                    new Decimal(1e-6, 1),
                                    "1.0",
                                    "The share of the labelled rows that are looked at, chosen by their"
                                            + " ids. One row costs as much as thirty to fifty others."),
                            withDefault(
                                    "min-samples",
                                    new Whole(1, 1_000_000_000),
                                    "1000",
                                    "With live, a window of fewer rows changes no temperature. Too few"
                                            + " and chance moves it; too many and it never moves."),
                            withDefault(
                                    "max-step",
                                    new Decimal(1.001, 1_000),
                                    "2",
                                    "With live, by what factor at most the temperature changes from one"
                                            + " window to the next, but for one that starts out of"
                                            + " bounds."),
                            withDefault(
                                    "lowest",
                                    TEMPERATURE,
                                    "0.05",
                                    "With live, the least temperature that is set."),
                            withDefault(
                                    "highest",
                                    TEMPERATURE,
                                    "20",
                                    "With live, the largest temperature that is set.")));

    private CalibrationSection() {}

    /** Checks what the section needs of others. */
    static void check(CheckedSection root, List<ModelSpec> models, Faults faults) {
        CheckedSection calibration = root.section("calibration");
        if (calibration == null || "off".equals(calibration.text("mode"))) {
            return;
        }
        if (root.section("losses") == null) {
            faults.add(
                    calibration.place(),
                    "calibration",
                    "needs a section losses",
                    "losses: { topic: ... } in the job file");
        }
        if ("live".equals(calibration.text("mode")) && root.section("shards") != null) {
            faults.refuse(
                    calibration,
                    "mode",
                    "does not go with shards: those of one row could have several temperatures",
                    "off, shadow");
        }
        if ("live".equals(calibration.text("mode"))
                && "at-least-once".equals(root.text("delivery"))) {
            faults.refuse(
                    calibration,
                    "mode",
                    "does not go with at-least-once delivery: a failure could set a version twice",
                    "off, shadow");
        }
        boolean isFittable =
                models.stream().anyMatch(model -> model.normalizer() == Normalizer.SOFTMAX);
        // With control a model may come later.
        if (!isFittable && !models.isEmpty() && root.section("control") == null) {
            faults.add(
                    calibration.place(),
                    "calibration",
                    "has no model to fit: none has normalizer softmax",
                    "mode: off, or a model with normalizer softmax");
        }
        String lowest = calibration.text("lowest");
        String highest = calibration.text("highest");
        if (lowest != null
                && highest != null
                && Double.parseDouble(lowest) > Double.parseDouble(highest)) {
            faults.refuse(calibration, "lowest", "is above highest", "at most " + highest);
        }
    }

    /** Returns what a section without faults says, null if nothing is fitted. */
    static @Nullable Calibration read(@Nullable CheckedSection calibration) {
        if (calibration == null || calibration.valueOf("mode").equals("off")) {
            return null;
        }
        return new Calibration(
                calibration.valueOf("mode").equals("live"),
                calibration.valueOf("topic"),
                Double.parseDouble(calibration.valueOf("share")),
                Long.parseLong(calibration.valueOf("min-samples")),
                Double.parseDouble(calibration.valueOf("max-step")),
                Double.parseDouble(calibration.valueOf("lowest")),
                Double.parseDouble(calibration.valueOf("highest")));
    }
}
