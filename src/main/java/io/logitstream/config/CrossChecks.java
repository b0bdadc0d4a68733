package io.logitstream.config;

import io.logitstream.kernel.ClassClusters;
import io.logitstream.kernel.ClassTree;
import io.logitstream.kernel.RowLoss;
import io.logitstream.record.CompareSpec;
import io.logitstream.record.DriftReference;
import io.logitstream.record.ModelLoss;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.ScoresAre;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
                    "gradients",
                    "dead-letters");

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
    List<ModelSpec> readModels() {
        List<ModelSpec> models = new ArrayList<>();
        Map<String, String> pathOfName = new HashMap<>();
        for (CheckedSection model : root.items("models")) {
            String name = model.text("name");
            String first = name == null ? null : pathOfName.putIfAbsent(name, model.pathOf("name"));
            if (first != null) {
                faults.refuse(model, "name", "is also " + first, "a name of its own");
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
        DriftReference drift = readDrift(model.section("drift"), numClasses);
        boolean fits = new NormalizerChecks(root, faults).check(model);
        CheckedSection section = model.section("tree");
        ClassTree tree =
                section == null ? null : TreeSection.read(jobFile, section, numClasses, faults);
        CompareSpec compare = CompareSection.read(model, root, faults);
        Double fitShare = CalibrationSection.read(model, root, faults);
        boolean isAdaptive = CutoffsKey.check(model, faults);
        ClassClusters clusters = isAdaptive ? CutoffsKey.read(model, numClasses, faults) : null;
        if (!fits
                || (section != null && tree == null)
                || (isAdaptive && clusters == null)
                || fitShare == null) {
            return null;
        }
        if (classNames == null || numClasses == null || loss == null || drift == null) {
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
                loss,
                drift,
                tree,
                clusters,
                fitShare,
                compare);
    }

    private @Nullable ModelLoss readLoss(
            @Nullable CheckedSection loss, @Nullable Integer numClasses) {
        if (loss == null) {
            return ModelLoss.CROSS_ENTROPY;
        }
        double[] weights =
                loss.text("class-weights") == null
                        ? ModelLoss.CROSS_ENTROPY.classWeights()
                        : WeightFile.read(
                                jobFile,
                                loss,
                                "class-weights",
                                numClasses,
                                ModelLoss.MAX_CLASS_WEIGHT,
                                faults);
        String smoothing = loss.text("label-smoothing");
        String gamma = loss.text("focal-gamma");
        String vanished = loss.text("vanished-gradient");
        if (weights == null || smoothing == null || gamma == null || vanished == null) {
            return null;
        }
        double labelSmoothing = Double.parseDouble(smoothing);
        double focalGamma = Double.parseDouble(gamma);
        if (labelSmoothing > 0 && focalGamma > 0) {
            faults.refuse(
                    loss, "focal-gamma", "does not go with label-smoothing", "one of the two");
            return null;
        }
        return new ModelLoss(
                new RowLoss(labelSmoothing, focalGamma),
                weights,
                loss.text("ignore"),
                Double.parseDouble(vanished));
    }

    private @Nullable DriftReference readDrift(
            @Nullable CheckedSection drift, @Nullable Integer numClasses) {
        if (drift == null) {
            return DriftReference.NONE;
        }
        CheckedSection losses = root.section("losses");
        String perClass = losses == null ? null : losses.text("per-class");
        if (losses == null) {
            faults.add(drift.place(), drift.path(), "needs a section losses", "");
        } else if (numClasses != null
                && perClass != null
                && numClasses > Integer.parseInt(perClass)) {
            faults.add(
                    drift.place(),
                    drift.path(),
                    "needs the classes to be counted, but losses.per-class is " + perClass,
                    "losses.per-class of at least " + numClasses);
        }
        boolean hasFile = drift.has("reference");
        if (hasFile == drift.has("first-windows")) {
            faults.add(
                    drift.place(),
                    drift.path(),
                    hasFile ? "has both keys" : "has no reference",
                    "one of reference, first-windows");
            return null;
        }
        String windows = drift.text("first-windows");
        if (windows != null) {
            return new DriftReference(new double[0], Integer.parseInt(windows));
        }
        if (drift.text("reference") == null) {
            return null;
        }
        double[] weights =
                WeightFile.read(
                        jobFile, drift, "reference", numClasses, WeightFile.MAX_COUNT, faults);
        if (weights != null && Arrays.stream(weights).allMatch(weight -> weight == 0)) {
            faults.refuse(drift, "reference", "has no share above 0", "at least one");
            return null;
        }
        return weights == null ? null : DriftReference.ofWeights(weights);
    }
}
