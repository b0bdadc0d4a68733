package io.logitstream.config;

import io.logitstream.kernel.RowLoss;
import io.logitstream.record.ModelLoss;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.ScoresAre;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks what one key alone can't show: values against each other, and label files. */
final class CrossChecks {

    private final CheckedSection root;
    private final Path jobFile;
    private final Faults faults;

    CrossChecks(CheckedSection root, Path jobFile, Faults faults) {
        this.root = root;
        this.jobFile = jobFile;
        this.faults = faults;
    }

    void checkTopics() {
        Map<String, String> sectionOfTopic = new HashMap<>();
        for (String name : List.of("scores", "predictions", "losses", "dead-letters")) {
            CheckedSection section = root.section(name);
            String topic = section == null ? null : section.text("topic");
            if (section == null || topic == null) {
                continue;
            }
            String first = sectionOfTopic.putIfAbsent(topic, name);
            if (first != null) {
                refuse(section, "topic", "is also the topic of " + first, "a topic of its own");
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
                refuse(kafka, "acks", "does not go with exactly-once delivery", "all, -1");
            }
            if ("false".equalsIgnoreCase(kafka.text("enable.idempotence"))) {
                String why = "does not go with exactly-once delivery";
                refuse(kafka, "enable.idempotence", why, "true");
            }
        }
        CheckedSection flink = root.section("flink");
        String mode = flink == null ? null : flink.text("execution.checkpointing.mode");
        if (flink != null
                && mode != null
                && mode.toUpperCase(Locale.ROOT).replace('-', '_').equals("AT_LEAST_ONCE")) {
            String why = "does not go with exactly-once delivery";
            refuse(flink, "execution.checkpointing.mode", why, "EXACTLY_ONCE");
        }
    }

    /** Returns the models that can be made; all of them if there are no faults. */
    List<ModelSpec> readModels() {
        List<ModelSpec> models = new ArrayList<>();
        Map<String, String> pathOfName = new HashMap<>();
        for (CheckedSection model : root.items("models")) {
            String name = model.text("name");
            String first = name == null ? null : pathOfName.putIfAbsent(name, model.pathOf("name"));
            if (first != null) {
                refuse(model, "name", "is also " + first, "a name of its own");
            }
            ModelSpec spec = readModel(model);
            if (spec != null) {
                models.add(spec);
            }
        }
        return models;
    }

    private @Nullable ModelSpec readModel(CheckedSection model) {
        String classes = model.text("classes");
        Integer numClasses = classes == null ? null : Integer.valueOf(classes);
        List<String> classNames =
                model.text("labels") == null
                        ? List.of()
                        : LabelFile.read(jobFile, model, numClasses, faults);
        ModelLoss loss = readLoss(model.section("loss"), numClasses);
        for (String key : List.of("name", "scores-are", "temperature", "normalizer", "top-k")) {
            if (model.text(key) == null) {
                return null;
            }
        }
        if (classNames == null || numClasses == null || loss == null) {
            return null;
        }
        return new ModelSpec(
                model.valueOf("name"),
                numClasses,
                classNames,
                Words.constant(ScoresAre.class, model.valueOf("scores-are")),
                Double.parseDouble(model.valueOf("temperature")),
                Words.constant(Normalizer.class, model.valueOf("normalizer")),
                Integer.parseInt(model.valueOf("top-k")),
                loss);
    }

    private @Nullable ModelLoss readLoss(
            @Nullable CheckedSection loss, @Nullable Integer numClasses) {
        if (loss == null) {
            return ModelLoss.CROSS_ENTROPY;
        }
        double[] weights =
                loss.text("class-weights") == null
                        ? ModelLoss.CROSS_ENTROPY.classWeights()
                        : WeightFile.read(jobFile, loss, numClasses, faults);
        String smoothing = loss.text("label-smoothing");
        String gamma = loss.text("focal-gamma");
        if (weights == null || smoothing == null || gamma == null) {
            return null;
        }
        double labelSmoothing = Double.parseDouble(smoothing);
        double focalGamma = Double.parseDouble(gamma);
        if (labelSmoothing > 0 && focalGamma > 0) {
            refuse(loss, "focal-gamma", "does not go with label-smoothing", "one of the two");
            return null;
        }
        return new ModelLoss(new RowLoss(labelSmoothing, focalGamma), weights, loss.text("ignore"));
    }

    private void refuse(CheckedSection section, String key, String why, String allowed) {
        String shown = section.shown(key);
        faults.add(section.placeOf(key), section.pathOf(key), shown + " " + why, allowed);
    }
}
