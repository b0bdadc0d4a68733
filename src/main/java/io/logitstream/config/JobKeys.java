package io.logitstream.config;

import static io.logitstream.config.KeySpec.Value.required;
import static io.logitstream.config.KeySpec.Value.withDefault;

import io.logitstream.codec.ScoreFormats;
import io.logitstream.config.KeyType.Choice;
import io.logitstream.config.KeyType.Duration;
import io.logitstream.config.KeyType.Whole;
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
                    CalibrationSection.KEYS,
                    WatchKeys.GRADIENTS,
                    DEAD_LETTERS,
                    ControlSection.KEYS,
                    ModelKeys.MODELS);

    private JobKeys() {}

    private static KeySpec format(List<String> names, String description) {
        return withDefault("format", new Choice(names), "json", description);
    }
}
