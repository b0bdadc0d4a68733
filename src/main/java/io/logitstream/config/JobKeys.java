package io.logitstream.config;

import static io.logitstream.config.KeySpec.Value.optional;
import static io.logitstream.config.KeySpec.Value.required;
import static io.logitstream.config.KeySpec.Value.withDefault;

import io.logitstream.codec.ScoreFormats;
import io.logitstream.config.KeyType.Choice;
import io.logitstream.config.KeyType.Decimal;
import io.logitstream.config.KeyType.Duration;
import io.logitstream.config.KeyType.Text;
import io.logitstream.config.KeyType.Whole;
import io.logitstream.kernel.RowState;
import java.util.List;

/** Every key of the job file, in the order of the reference. */
final class JobKeys {

    private static final KeySpec SCORES =
            new KeySpec.Section(
                    "scores",
                    true,
                    "Where raw scores are read.",
                    List.of(
                            KeyTexts.topic("The topic the scores are read from."),
                            format(
                                    List.copyOf(ScoreFormats.names()),
                                    "How a score record is written. With float32 the value is the"
                                            + " bare scores, little-endian, and everything else is in"
                                            + " headers. A record in another format goes to"
                                            + " dead-letters."),
                            withDefault(
                                    "out-of-orderness",
                                    new Duration(0, KeyTexts.YEAR_MILLIS),
                                    "5s",
                                    "How far, in event time, a record may be behind the newest one"
                                            + " of its partition. Too short and records arrive after"
                                            + " their window, so that losses are published more than"
                                            + " once; too long and every window waits that much"
                                            + " longer."),
                            withDefault(
                                    "idle-after",
                                    new Duration(1, KeyTexts.YEAR_MILLIS),
                                    "30s",
                                    "How long a partition may be silent, in wall-clock time, before"
                                            + " windows stop waiting for it. Too short and a slow"
                                            + " partition's records are late; too long and one silent"
                                            + " partition holds back all losses.")));

    private static final KeySpec SHARDS =
            new KeySpec.Section(
                    "shards",
                    false,
                    "How rows are put together that come in several records, each with a part of the"
                            + " classes. Without this section such records go to dead-letters.",
                    List.of(
                            withDefault(
                                    "wait",
                                    new Duration(1, KeyTexts.YEAR_MILLIS),
                                    "1min",
                                    "How long, in event time, the shards of a row wait for each"
                                            + " other. With losses, together with the wait of labels,"
                                            + " at most their allowed-lateness. Too short and rows"
                                            + " are incomplete; too long and the shards of"
                                            + " incomplete rows are kept that long."),
                            withDefault(
                                    "missing",
                                    new Choice(List.of("dead-letter", "partial")),
                                    "dead-letter",
                                    "What becomes of a row whose shards have not all come by then:"
                                            + " a dead letter that names those missing, or a"
                                            + " prediction of the others that says so. Either way"
                                            + " the row is no part of the loss.")));

    private static final KeySpec PREDICTIONS =
            new KeySpec.Section(
                    "predictions",
                    true,
                    "Where predictions are written.",
                    List.of(
                            KeyTexts.topic("The topic the predictions are written to."),
                            format(List.of("json"), "How a prediction is written."),
                            withDefault(
                                    "emit",
                                    new Choice(List.of("top-k", "full")),
                                    "top-k",
                                    "What a prediction holds: the best classes, or also the"
                                            + " probability of every class. With full, a prediction"
                                            + " of a model with many classes may exceed"
                                            + " max.request.size and go to dead-letters.")));

    private static final KeySpec LOSSES =
            new KeySpec.Section(
                    "losses",
                    false,
                    "Where the loss of each model, segment and window is written. Without this"
                            + " section no loss is computed.",
                    List.of(
                            KeyTexts.topic(
                                    "The topic the losses are written to, as upserts by key."),
                            withDefault(
                                    "window",
                                    new Duration(1_000, KeyTexts.YEAR_MILLIS),
                                    "1min",
                                    "The length of a window, in event time. Too short and a window"
                                            + " has too few labels for its figures to mean anything;"
                                            + " too long and a change shows late."),
                            withDefault(
                                    "allowed-lateness",
                                    new Duration(0, KeyTexts.YEAR_MILLIS),
                                    "10min",
                                    "How long, in event time, a window that was published still"
                                            + " takes late records, each change being a new revision."
                                            + " Too short and late records go to dead-letters as"
                                            + " too-late; too long and the state of many windows is"
                                            + " kept. With labels, at least their wait."),
                            withDefault(
                                    "per-class",
                                    new Whole(0, 10_000),
                                    "128",
                                    "Models with at most this many classes have them counted one by"
                                            + " one, which recall, precision and drift need. Each"
                                            + " class takes up to 36 bytes of each window's"
                                            + " state.")));

    private static final KeySpec DEAD_LETTERS =
            new KeySpec.Section(
                    "dead-letters",
                    true,
                    "Where records that can't be used are written, with the reason.",
                    List.of(KeyTexts.topic("The topic the dead letters are written to.")));

    private static final KeySpec MODELS =
            new KeySpec.Sections(
                    "models",
                    "The models whose scores arrive, at least one. Scores of any other model go to"
                            + " dead-letters.",
                    List.of(
                            required(
                                    "name",
                                    KeyTexts.MODEL_NAME,
                                    "The name records refer to the model by; no two models share"
                                            + " one."),
                            required(
                                    "classes",
                                    new Whole(1, 10_000_000),
                                    "The number of classes. A whole row has as many scores, one"
                                            + " fewer with normalizer hierarchical; with any other"
                                            + " number it goes to dead-letters."),
                            optional(
                                    "labels",
                                    KeyTexts.PATH,
                                    "A file with the class names, UTF-8, one a line, line 1 being"
                                            + " class 0, resolved beside the job file. Lines are not"
                                            + " trimmed; there are as many as classes, none empty, no"
                                            + " two alike. Without it classes only have numbers."),
                            withDefault(
                                    "scores-are",
                                    new Choice(
                                            List.of(
                                                    "logits",
                                                    "log-probabilities",
                                                    "probabilities")),
                                    "logits",
                                    "What the scores are; with normalizer hierarchical or"
                                            + " sigmoid, logits."
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
                                                    "sigmoid")),
                                    "softmax",
                                    "What makes the scores a distribution. With sparsemax and, less"
                                            + " so, entmax15, classes far below the best one have"
                                            + " probability 0, and the loss is their Fenchel-Young"
                                            + " loss. With hierarchical, a record has the scores of"
                                            + " the inner nodes of a tree, one fewer than"
                                            + " classes. With sigmoid, each class has a"
                                            + " probability of its own, and any number of"
                                            + " them may be true."),
                            withDefault(
                                    "top-k",
                                    new Whole(1, 128),
                                    "5",
                                    "How many classes a prediction names, fewer if the model has"
                                            + " fewer. More cost time and bytes for each record."),
                            TreeSection.KEYS,
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
                                            optional(
                                                    "class-weights",
                                                    KeyTexts.PATH,
                                                    "A file with the weight of each class, one decimal"
                                                            + " a line, line 1 being class 0, resolved"
                                                            + " beside the job file. The loss becomes"
                                                            + " a mean weighted by label; no other"
                                                            + " figure changes. A weight of 0 leaves"
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
                                            optional(
                                                    "reference",
                                                    KeyTexts.PATH,
                                                    "A file with the expected share of each class,"
                                                            + " one decimal a line, line 1 being class"
                                                            + " 0, resolved beside the job file;"
                                                            + " counts will do."),
                                            optional(
                                                    "first-windows",
                                                    new Whole(1, 1_000),
                                                    "Compare with the first so many windows of the"
                                                            + " model and segment, once they take no"
                                                            + " late records any more. Too few and"
                                                            + " chance looks like drift.")))));

    /** The keys at the top of the file. */
    static final List<KeySpec> ROOT =
            List.of(
                    required(
                            "name",
                            KeyTexts.JOB_NAME,
                            "The job's name. The consumer group and the prefix of the transactional"
                                    + " ids are made from it: two running jobs of one name steal each"
                                    + " other's partitions and transactions, and a job that is"
                                    + " renamed starts anew."),
                    PassedOnKeys.KAFKA,
                    PassedOnKeys.FLINK,
                    withDefault(
                            "delivery",
                            new Choice(List.of("exactly-once", "at-least-once")),
                            "exactly-once",
                            "What a failure may do to the output. With exactly-once, output is"
                                    + " visible to read_committed consumers after each checkpoint and"
                                    + " never twice; with at-least-once it is visible at once and may"
                                    + " be repeated."),
                    SCORES,
                    SHARDS,
                    PREDICTIONS,
                    WatchKeys.LABELS,
                    WatchKeys.LABEL_LEDGER,
                    LOSSES,
                    WatchKeys.ALERTS,
                    DEAD_LETTERS,
                    MODELS);

    private JobKeys() {}

    private static KeySpec format(List<String> names, String description) {
        return withDefault("format", new Choice(names), "json", description);
    }
}
