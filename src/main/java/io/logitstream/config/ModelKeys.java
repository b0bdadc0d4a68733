package io.logitstream.config;

import static io.logitstream.config.KeySpec.Value.optional;
import static io.logitstream.config.KeySpec.Value.required;
import static io.logitstream.config.KeySpec.Value.withDefault;

import io.logitstream.config.KeyType.Choice;
import io.logitstream.config.KeyType.Decimal;
import io.logitstream.config.KeyType.Text;
import io.logitstream.config.KeyType.Whole;
import io.logitstream.kernel.RowState;
import java.util.List;

/** The keys of the models. */
final class ModelKeys {

    static final KeySpec.Sections MODELS =
            new KeySpec.Sections(
                    "models",
                    false,
                    "The models whose scores arrive, at least one; with control the list may be left"
                            + " out. Scores of any other model go to dead-letters, or wait for it, as"
                            + " control says.",
                    List.of(
                            required(
                                    "name",
                                    KeyTexts.MODEL_NAME,
                                    "The name records refer to the model by; no two models share"
                                            + " one."),
                            required(
                                    "classes",
                                    new Whole(1, JobFile.MAX_CLASSES),
                                    "The number of classes. A whole row has as many scores, one"
                                            + " fewer with normalizer hierarchical, or one more for each"
                                            + " tail with adaptive; with any other number it goes to"
                                            + " dead-letters."),
                            new KeySpec.Lines(
                                    "labels",
                                    false,
                                    "A file with the class names, UTF-8, one a line, line 1 being"
                                            + " class 0, resolved beside the job file; or a list of"
                                            + " them. Lines are not trimmed; there are as many as"
                                            + " classes, none empty, no two alike. Without it classes"
                                            + " only have numbers."),
                            withDefault(
                                    "scores-are",
                                    new Choice(
                                            List.of(
                                                    "logits",
                                                    "log-probabilities",
                                                    "probabilities")),
                                    "logits",
                                    "What the scores are; with normalizer hierarchical,"
                                            + " adaptive or sigmoid, logits."
                                            + " Of probabilities the logarithm is taken."
                                            + " A record that contradicts it goes to dead-letters."),
                            withDefault(
                                    "temperature",
                                    new Decimal(RowState.MIN_TEMPERATURE, RowState.MAX_TEMPERATURE),
                                    "1.0",
                                    "Divides the scores before they become probabilities. Near 0 all probability"
                                            + " goes to the best class; a very large one makes all"
                                            + " classes equally probable."),
                            withDefault(
                                    "normalizer",
                                    new Choice(
                                            List.of(
                                                    "softmax",
                                                    "sparsemax",
                                                    "entmax15",
                                                    "hierarchical",
                                                    "adaptive",
                                                    "sigmoid")),
                                    "softmax",
                                    "What makes the scores a distribution. With sparsemax and, less"
                                            + " so, entmax15, classes far below the best one have"
                                            + " probability 0, and the loss is their Fenchel-Young"
                                            + " loss. With hierarchical, a record has the scores of"
                                            + " the inner nodes of a tree, one fewer than"
                                            + " classes. With adaptive, it has those of a head"
                                            + " and of tails, one more than classes for each"
                                            + " tail. With sigmoid, each class has a"
                                            + " probability of its own, and any number of"
                                            + " them may be true."),
                            withDefault(
                                    "top-k",
                                    new Whole(1, 128),
                                    "5",
                                    "How many classes a prediction names, fewer if the model has"
                                            + " fewer. More cost time and bytes for each record."),
                            TreeSection.KEYS,
                            CutoffsKey.KEY,
                            CompareSection.KEYS,
                            new KeySpec.Section(
                                    "loss",
                                    false,
                                    "How labelled rows count in the loss. Without this section the"
                                            + " loss is the cross-entropy.",
                                    List.of(
                                            withDefault(
                                                    "label-smoothing",
                                                    new Decimal(0, 1),
                                                    "0",
                                                    "The share of the label that is spread over the"
                                                            + " classes that are not masked. At 1 the"
                                                            + " label no longer matters."),
                                            withDefault(
                                                    "focal-gamma",
                                                    new Decimal(0, 100),
                                                    "0",
                                                    "The exponent of the focal loss. The larger, the"
                                                            + " less rows count that are already"
                                                            + " right. Does not go with"
                                                            + " label-smoothing."),
                                            withDefault(
                                                    "vanished-gradient",
                                                    new Decimal(1e-6, 1),
                                                    "1e-4",
                                                    "A row whose gradient has a norm below this"
                                                            + " counts as one that teaches nothing any"
                                                            + " more."),
                                            new KeySpec.Lines(
                                                    "class-weights",
                                                    true,
                                                    "A file with the weight of each class, one decimal"
                                                            + " a line, line 1 being class 0, resolved"
                                                            + " beside the job file; or a list of"
                                                            + " them. The loss becomes"
                                                            + " a mean weighted by label, which sum,"
                                                            + " bounds and perplexity follow, and"
                                                            + " there is no estimated loss; other"
                                                            + " figures do not change. A weight of 0"
                                                            + " leaves"
                                                            + " the class out of the loss."),
                                            optional(
                                                    "ignore",
                                                    Text.of(
                                                            "^[^\\u0000]{1,1024}$",
                                                            "is not a label",
                                                            "1 to 1024 characters"),
                                                    "The label of rows that count as unlabelled: a"
                                                            + " class name, an index, or any other"
                                                            + " text. They have predictions, but no"
                                                            + " part in loss, accuracy and"
                                                            + " calibration."))),
                            new KeySpec.Section(
                                    "drift",
                                    false,
                                    "What the predicted classes of each window are compared with;"
                                            + " one of the two. The model may have at most as many"
                                            + " classes as losses.per-class says.",
                                    List.of(
                                            new KeySpec.Lines(
                                                    "reference",
                                                    true,
                                                    "A file with the expected share of each class,"
                                                            + " one decimal a line, line 1 being class"
                                                            + " 0, resolved beside the job file; or a"
                                                            + " list of them. Counts will do."),
                                            optional(
                                                    "first-windows",
                                                    new Whole(1, 1_000),
                                                    "Compare with the first so many windows of the"
                                                            + " model and segment, once they take no"
                                                            + " late records any more. Too few and"
                                                            + " chance looks like drift.")))));

    private ModelKeys() {}
}
