package io.logitstream.config;

import static io.logitstream.config.KeySpec.Value.optional;
import static io.logitstream.config.KeySpec.Value.required;
import static io.logitstream.config.KeySpec.Value.withDefault;

import io.logitstream.config.KeyType.Choice;
import io.logitstream.config.KeyType.Decimal;
import io.logitstream.config.KeyType.Duration;
import io.logitstream.config.KeyType.Text;
import io.logitstream.config.KeyType.Whole;
import io.logitstream.record.AggregateFigure;
import java.util.List;

/** The keys of what watches a model, or trains it: its labels, alerts and gradients. */
final class WatchKeys {

    static final KeySpec LABELS =
            new KeySpec.Section(
                    "labels",
                    false,
                    "Where labels are read that do not come with their scores. Each is joined to the"
                            + " score of its model and id. Needs losses.",
                    List.of(
                            KeyTexts.topic("The topic the labels are read from."),
                            withDefault(
                                    "wait",
                                    new Duration(1, KeyTexts.YEAR_MILLIS),
                                    "1h",
                                    "How long, in event time, a score waits for its label, and a"
                                            + " label for its score. At most the allowed-lateness of"
                                            + " losses, whose default is shorter than this one. Too short and labels are too late; too long"
                                            + " and the state of many rows is kept."),
                            withDefault(
                                    "keep",
                                    Text.of(
                                            "^(float32|float16|top\\(([5-9]|[1-9][0-9]|1[01][0-9]|12[0-8])\\))$",
                                            "is not a way to keep scores",
                                            "float32, float16, or top(M) with M from 5 to 128"),
                                    "float32",
                                    "What a waiting row keeps of its K scores: all of them (4 K"
                                            + " bytes), all of them rounded (2 K bytes), or the best"
                                            + " M (8 M bytes). With top(M) the loss of a label that"
                                            + " is not among them is only bounded."),
                            withDefault(
                                    "out-of-orderness",
                                    new Duration(0, KeyTexts.YEAR_MILLIS),
                                    "5s",
                                    "How far, in event time, a label may be behind the newest one of"
                                            + " its partition. Too short and a score may stop waiting"
                                            + " before its label is read; too long and rows are kept"
                                            + " that much longer."),
                            withDefault(
                                    "idle-after",
                                    new Duration(1, KeyTexts.YEAR_MILLIS),
                                    "30s",
                                    "How long a partition of the labels may be silent, in wall-clock"
                                            + " time, before waiting rows no longer wait for it. Too"
                                            + " short and a pause of the labels ends the wait of"
                                            + " scores; too long and rows are kept that much"
                                            + " longer.")));

    static final KeySpec LABEL_LEDGER =
            new KeySpec.Section(
                    "label-ledger",
                    false,
                    "Where scores without a label in time are written, and labels that are orphans,"
                            + " duplicates, conflicting or too late. Needs labels.",
                    List.of(KeyTexts.topic("The topic they are written to.")));

    static final KeySpec ALERTS =
            new KeySpec.Section(
                    "alerts",
                    false,
                    "When the figures of windows raise an alert. Needs losses.",
                    List.of(
                            KeyTexts.topic("The topic alerts are written to."),
                            new KeySpec.Sections(
                                    "rules",
                                    true,
                                    "The rules, at least one. Each holds for every model and segment"
                                            + " it names by itself.",
                                    List.of(
                                            required(
                                                    "name",
                                                    KeyTexts.JOB_NAME,
                                                    "The rule's name; no two rules share one. What is held of a"
                                                            + " rule goes by its name: one that is to watch"
                                                            + " something else needs another."),
                                            optional(
                                                    "model",
                                                    KeyTexts.MODEL_NAME,
                                                    "The model to watch; without it, each one."),
                                            withDefault(
                                                    "segment",
                                                    Text.of(
                                                            "^[^\\u0000]{1,1024}$",
                                                            "is not a segment",
                                                            "1 to 1024 characters"),
                                                    "*",
                                                    "The segment to watch; * is the line over all"
                                                            + " segments."),
                                            required(
                                                    "figure",
                                                    new Choice(AggregateFigure.paths()),
                                                    "What to watch, by its place in the aggregate. A"
                                                            + " window that has no such figure counts"
                                                            + " neither way."),
                                            optional(
                                                    "above",
                                                    new Decimal(-1e12, 1e12),
                                                    "Raise the alert when the figure is above this."
                                                            + " Either this or below is given."),
                                            optional(
                                                    "below",
                                                    new Decimal(-1e12, 1e12),
                                                    "Raise the alert when the figure is below"
                                                            + " this."),
                                            optional(
                                                    "leave",
                                                    new Decimal(-1e12, 1e12),
                                                    "End the alert only when the figure is back at"
                                                            + " this or better; the threshold itself"
                                                            + " if absent. Nearer to the threshold"
                                                            + " and an alert may come and go with"
                                                            + " every window."),
                                            withDefault(
                                                    "windows",
                                                    new Whole(1, 100),
                                                    "1",
                                                    "In how many windows in a row, to raise it as"
                                                            + " well as to end it. Fewer and chance"
                                                            + " raises alerts; more and they come"
                                                            + " later.")))));

    static final KeySpec GRADIENTS =
            new KeySpec.Section(
                    "gradients",
                    false,
                    "Where the gradient of the loss with respect to the scores is written, for each"
                            + " row that comes whole and with its label. Rows in shards, with fewer"
                            + " scores, or whose label comes by itself have none. Needs models whose"
                            + " normalizer is softmax, sparsemax or entmax15.",
                    List.of(
                            KeyTexts.topic("The topic the gradients are written to."),
                            withDefault(
                                    "classes",
                                    Text.of(
                                            "^(full|top\\(([1-9]|[1-9][0-9]|1[01][0-9]|12[0-8])\\))$",
                                            "is not a choice of classes",
                                            "full, or top(M) with M from 1 to 128"),
                                    "full",
                                    "Of which classes: of all of them, or of the best M and the"
                                            + " label's. With full, the gradient of a model with"
                                            + " many classes may exceed max.request.size and go to"
                                            + " dead-letters.")));

    private WatchKeys() {}
}
