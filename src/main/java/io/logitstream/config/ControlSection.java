package io.logitstream.config;

import static io.logitstream.config.KeySpec.Value.withDefault;

import io.logitstream.config.JobFile.Control;
import io.logitstream.config.JobFile.UnknownModels;
import io.logitstream.config.KeyType.Choice;
import io.logitstream.config.KeyType.Duration;
import io.logitstream.config.KeyType.Whole;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The section of a job whose models come and go while it runs. */
final class ControlSection {

    static final KeySpec KEYS =
            new KeySpec.Section(
                    "control",
                    false,
                    "Where models are read that are added, changed and retired while the job runs."
                            + " A model there takes the place of that in the job file. Does not go"
                            + " with shards.",
                    List.of(
                            KeyTexts.topic(
                                    "The topic the models are read from, from its start; compacted,"
                                            + " the key being the model's name."),
                            withDefault(
                                    "unknown-models",
                                    new Choice(List.of("dead-letter", "wait")),
                                    "dead-letter",
                                    "What becomes of a row of a model that is not known: a dead"
                                            + " letter, at once or when the model does not come."),
                            withDefault(
                                    "wait",
                                    new Duration(1, 86_400_000),
                                    "30s",
                                    "How long, in wall-clock time, a row waits for its model. Too"
                                            + " short and rows that come before their model are"
                                            + " lost to dead-letters; too long and rows of a model"
                                            + " that never comes are kept that long."),
                            withDefault(
                                    "max-waiting",
                                    new Whole(1, 1_000_000),
                                    "1000",
                                    "How many rows wait in each subtask, of 64 MiB of records and scores"
                                            + " together; one more is a dead letter.")));

    private ControlSection() {}

    /** Returns what a job file without faults says, or null if it has no such section. */
    static @Nullable Control read(CheckedSection root) {
        CheckedSection control = root.section("control");
        return control == null
                ? null
                : new Control(
                        control.valueOf("topic"),
                        Words.constant(UnknownModels.class, control.valueOf("unknown-models")),
                        control.millisOf("wait"),
                        Integer.parseInt(control.valueOf("max-waiting")));
    }
}
