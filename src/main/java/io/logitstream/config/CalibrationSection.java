package io.logitstream.config;

import static io.logitstream.config.KeySpec.Value.withDefault;

import io.logitstream.config.KeyType.Choice;
import io.logitstream.config.KeyType.Decimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The section of a model whose temperature is fitted. */
final class CalibrationSection {

    static final KeySpec KEYS =
            new KeySpec.Section(
                    "calibration",
                    false,
                    "Fits the temperature of a model with normalizer softmax to the labels that come with"
                            + " its scores. Each window says which temperature would have had the least"
                            + " loss, and what it would have changed. Needs losses.",
                    List.of(
                            withDefault(
                                    "mode",
                                    new Choice(List.of("off", "shadow")),
                                    "shadow",
                                    "With shadow the fitted temperature is published and nothing else"
                                            + " changes."),
                            withDefault(
                                    "share",
                                    new Decimal(1e-6, 1),
                                    "1.0",
                                    "The share of the labelled rows that are looked at, chosen by their"
                                            + " ids. One row costs as much as thirty to fifty others.")));

    private CalibrationSection() {}

    /** Returns the share of the rows to look at, 0 for none, null if the section is at fault. */
    static @Nullable Double read(CheckedSection model, ModelContext context, Faults faults) {
        CheckedSection calibration = model.section("calibration");
        if (calibration == null) {
            return 0.0;
        }
        String mode = calibration.text("mode");
        String share = calibration.text("share");
        if (mode == null || share == null) {
            return null;
        }
        if (mode.equals("off")) {
            return 0.0;
        }
        boolean isSoftmax = model.valueOf("normalizer").equals("softmax");
        if (!isSoftmax) {
            faults.add(
                    calibration.place(),
                    calibration.path(),
                    "does not go with normalizer " + model.valueOf("normalizer"),
                    "softmax");
        }
        if (!context.hasLosses()) {
            faults.add(
                    calibration.place(),
                    calibration.path(),
                    "needs a section losses",
                    "losses: { topic: ... } in the job file");
        }
        return isSoftmax ? Double.valueOf(share) : null;
    }
}
