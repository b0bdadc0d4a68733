package io.logitstream.config;

import io.logitstream.record.ModelSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks what one key alone can't show: values against each other, and label files. */
final class CrossChecks {

    private static final List<String> TOPICS =
            List.of(
                    "scores",
                    "predictions",
                    "labels",
                    "label-ledger",
                    "losses",
                    "alerts",
                    "calibration",
                    "gradients",
                    "dead-letters",
                    "control");

    private final CheckedSection root;
    private final Faults faults;

    CrossChecks(CheckedSection root, Faults faults) {
        this.root = root;
        this.faults = faults;
    }

    void checkTopics() {
        Map<String, String> sectionOfTopic = new HashMap<>();
        for (String name : TOPICS) {
            CheckedSection section = root.section(name);
            String topic = section == null ? null : section.text("topic");
            if (section == null || topic == null) {
                continue;
            }
            String first = sectionOfTopic.putIfAbsent(topic, name);
            if (first != null) {
                faults.refuse(
                        section, "topic", "is also the topic of " + first, "a topic of its own");
            }
        }
    }

    /** Checks settings that would quietly weaken the delivery that was asked for. */
    void checkDelivery() {
        if (!"exactly-once".equals(root.text("delivery"))) {
            return;
        }
        CheckedSection kafka = root.section("kafka");
        if (kafka != null) {
            String acks = kafka.text("acks");
            if (acks != null && !acks.equals("all") && !acks.equals("-1")) {
                faults.refuse(kafka, "acks", "does not go with exactly-once delivery", "all, -1");
            }
            if ("false".equalsIgnoreCase(kafka.text("enable.idempotence"))) {
                String why = "does not go with exactly-once delivery";
                faults.refuse(kafka, "enable.idempotence", why, "true");
            }
        }
        CheckedSection flink = root.section("flink");
        String mode = flink == null ? null : flink.text("execution.checkpointing.mode");
        if (flink != null
                && mode != null
                && mode.toUpperCase(Locale.ROOT).replace('-', '_').equals("AT_LEAST_ONCE")) {
            String why = "does not go with exactly-once delivery";
            faults.refuse(flink, "execution.checkpointing.mode", why, "EXACTLY_ONCE");
        }
    }

    /** Checks that a producer can hold the largest record and batch; else it throws for them. */
    void checkBuffers() {
        CheckedSection kafka = root.section("kafka");
        if (kafka != null && kafka.text("buffer.memory") != null) {
            checkHolds(kafka, "max.request.size", KafkaSettings.REQUEST_BYTES);
            // By itself it is no larger than a request.
            checkHolds(kafka, "batch.size", 0);
        }
    }

    private void checkHolds(CheckedSection kafka, String key, long usual) {
        String given = kafka.text(key);
        long least = given == null ? usual : Long.parseLong(given);
        if (Long.parseLong(kafka.text("buffer.memory")) < least) {
            faults.refuse(kafka, "buffer.memory", "is less than " + key, "at least " + least);
        }
    }

    /** Checks what a section needs of another one. */
    void checkLosses() {
        CheckedSection losses = root.section("losses");
        CheckedSection labels = root.section("labels");
        requireSection("labels", "losses", losses);
        requireSection("label-ledger", "labels", labels);
        requireSection("alerts", "losses", losses);
        if (losses == null || losses.text("allowed-lateness") == null) {
            return;
        }
        long lateness = losses.millisOf("allowed-lateness");
        long shardWait = waitOf("shards");
        long labelWait = waitOf("labels");
        if (labelWait > lateness) {
            faults.refuse(
                    root.sectionOf("labels"),
                    "wait",
                    "is longer than losses.allowed-lateness, so that a label would come when its"
                            + " window is gone",
                    "at most " + DurationText.format(lateness));
        } else if (shardWait + labelWait > lateness) {
            faults.refuse(
                    root.sectionOf("shards"),
                    "wait",
                    labelWait == 0
                            ? "is longer than losses.allowed-lateness, so that a row would be"
                                    + " complete when its window is gone"
                            : "and labels.wait are together longer than losses.allowed-lateness, so"
                                    + " that a label would come when its window is gone",
                    "at most " + DurationText.format(lateness - labelWait));
        }
    }

    /** Checks that the shards of a row cannot meet under different versions of its model. */
    void checkControl() {
        CheckedSection control = root.section("control");
        if (control != null && root.section("shards") != null) {
            faults.add(
                    control.place(),
                    "control",
                    "does not go with shards: those of a row could be reduced under different"
                            + " versions of its model",
                    "one of control, shards");
        }
    }

    /** Returns how long a section waits, 0 if it isn't there or is at fault. */
    private long waitOf(String name) {
        CheckedSection section = root.section(name);
        return section == null || section.text("wait") == null ? 0 : section.millisOf("wait");
    }

    private void requireSection(String name, String needed, @Nullable CheckedSection present) {
        CheckedSection section = root.section(name);
        if (section != null && present == null) {
            faults.add(section.place(), name, "needs a section " + needed, "");
        }
    }

    /** Returns the models that can be made; all of them if there are no faults. */
    List<ModelSpec> readModels(ModelReader reader) {
        if (!root.has("models") && !root.has("control")) {
            faults.add(root.place(), "models", "is required", ModelKeys.MODELS.allowed());
        }
        List<ModelSpec> models = new ArrayList<>();
        Map<String, String> pathOfName = new HashMap<>();
        for (CheckedSection model : root.items("models")) {
            String name = model.text("name");
            String first = name == null ? null : pathOfName.putIfAbsent(name, model.pathOf("name"));
            if (first != null) {
                faults.refuse(model, "name", "is also " + first, "a name of its own");
            }
            ModelSpec spec = reader.read(model);
            if (spec != null) {
                models.add(spec);
            }
        }
        return models;
    }
}
