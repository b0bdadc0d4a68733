package io.logitstream.config;

import static io.logitstream.config.KeySpec.Value.required;
import static io.logitstream.config.KeySpec.Value.withDefault;

import io.logitstream.config.KeyType.Decimal;
import io.logitstream.config.KeyType.Whole;
import io.logitstream.kernel.RowState;
import io.logitstream.record.CompareSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The section of a model whose rows are compared under other distributions. */
final class CompareSection {

    private static final List<String> COMPARABLE = List.of("softmax", "sparsemax", "entmax15");

    static final KeySpec KEYS =
            new KeySpec.Section(
                    "compare",
                    false,
                    "Which rows are looked at under other distributions too, so that each window shows"
                            + " softmax, tempered softmax, sparsemax, 1.5-entmax and sampled softmax side by"
                            + " side. Only rows that come whole are, and only with normalizer softmax,"
                            + " sparsemax and entmax15. Needs losses.",
                    List.of(
                            required(
                                    "share",
                                    new Decimal(1e-6, 1),
                                    "The share of the rows, chosen by their ids: a row is always chosen"
                                            + " or never. One row costs as much as ten others."),
                            withDefault(
                                    "temperature",
                                    new Decimal(RowState.MIN_TEMPERATURE, RowState.MAX_TEMPERATURE),
                                    "1.0",
                                    "The temperature of the tempered softmax."),
                            withDefault(
                                    "draws",
                                    new Whole(2, 100_000),
                                    "100",
                                    "How many classes the sampler draws of a row, each as probable as"
                                            + " the others.")));

    private CompareSection() {}

    /**
     * Returns what a model's section says, null if there is none or it is at fault.
     *
     * @param model a model whose {@code normalizer} is valid
     */
    static @Nullable CompareSpec read(CheckedSection model, ModelContext context, Faults faults) {
        CheckedSection compare = model.section("compare");
        if (compare == null) {
            return null;
        }
        if (!COMPARABLE.contains(model.valueOf("normalizer"))) {
            faults.add(
                    compare.place(),
                    compare.path(),
                    "does not go with normalizer " + model.valueOf("normalizer"),
                    String.join(", ", COMPARABLE));
        }
        if (!context.hasLosses()) {
            faults.add(
                    compare.place(),
                    compare.path(),
                    "needs a section losses",
                    "losses: { topic: ... } in the job file");
        }
        for (String key : List.of("share", "temperature", "draws")) {
            if (compare.text(key) == null) {
                return null;
            }
        }
        return new CompareSpec(
                Double.parseDouble(compare.valueOf("share")),
                Double.parseDouble(compare.valueOf("temperature")),
                Integer.parseInt(compare.valueOf("draws")));
    }
}
