package io.logitstream.config;

import io.logitstream.config.ConfigNode.Section;
import io.logitstream.config.JobFile.Alerts;
import io.logitstream.config.JobFile.DeadLetters;
import io.logitstream.config.JobFile.Delivery;
import io.logitstream.config.JobFile.Emit;
import io.logitstream.config.JobFile.Gradients;
import io.logitstream.config.JobFile.LabelLedger;
import io.logitstream.config.JobFile.Labels;
import io.logitstream.config.JobFile.Losses;
import io.logitstream.config.JobFile.MissingShards;
import io.logitstream.config.JobFile.Predictions;
import io.logitstream.config.JobFile.Scores;
import io.logitstream.config.JobFile.Shards;
import io.logitstream.record.AlertRule;
import io.logitstream.record.GradientClasses;
import io.logitstream.record.Keep;
import io.logitstream.record.ModelSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a job file: YAML, then overrides, then the environment and files that values name, then
 * every check. Nothing is started and nothing is read but the job file and the files it names.
 */
public final class JobFileReader {

    private static final String KIND = "job file";

    private JobFileReader() {}

    /**
     * Reads and checks a job file.
     *
     * @param file the job file, UTF-8, at most 1 MiB; files it names are beside it
     * @param overrides {@code path=value} each, applied in their order
     * @param environment what {@code ${NAME}} stands for
     * @throws JobFileException with all faults, if there are any
     */
    public static JobFile read(Path file, List<String> overrides, Map<String, String> environment)
            throws JobFileException {
        String name = file.toString();
        Faults faults = new Faults(name);
        Place start = new Place(name, 1, 1);
        String yaml = readText(file, KIND, start, faults);
        Section section = yaml == null ? null : YamlTree.parse(name, KIND, yaml, faults);
        if (section == null) {
            // Nothing to check; whether the overrides lead anywhere can still be said.
            Overrides.apply(overrides, Section.empty(start), faults);
            faults.throwIfAny();
            throw new IllegalStateException("a job file without sections has a fault");
        }
        Overrides.apply(overrides, section, faults);
        new Substitution(file, environment, faults).applyTo(section, "");
        CheckedSection root =
                new SectionCheck(faults).check("", section.place(), section, JobKeys.ROOT);
        CrossChecks checks = new CrossChecks(root, faults);
        checks.checkTopics();
        checks.checkDelivery();
        checks.checkBuffers();
        checks.checkLosses();
        checks.checkControl();
        List<ModelSpec> models =
                checks.readModels(new ModelReader(ModelContext.of(root), file, faults));
        List<AlertRule> rules = new AlertRules(root, models, faults).read();
        CalibrationSection.check(root, models, faults);
        faults.throwIfAny();
        return jobFile(root, models, rules);
    }

    /**
     * Reads a file of at most 1 MiB.
     *
     * @param kind what kind of file it is, for faults
     * @return what it holds, or null after reporting why it can't be read
     */
    static @Nullable String readText(Path file, String kind, Place start, Faults faults) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(YamlTree.MAX_CHARS + 1);
            if (bytes.length <= YamlTree.MAX_CHARS) {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            }
            faults.add(start, kind, "is too large", "at most 1 MiB");
        } catch (IOException e) {
            faults.add(start, kind, FileText.explain(e), "");
        }
        return null;
    }

    private static JobFile jobFile(
            CheckedSection root, List<ModelSpec> models, List<AlertRule> rules) {
        CheckedSection kafka = root.sectionOf("kafka");
        CheckedSection flink = root.section("flink");
        CheckedSection shards = root.section("shards");
        CheckedSection labels = root.section("labels");
        CheckedSection ledger = root.section("label-ledger");
        CheckedSection losses = root.section("losses");
        CheckedSection alerts = root.section("alerts");
        CheckedSection gradients = root.section("gradients");
        return new JobFile(
                root.valueOf("name"),
                new KafkaSettings(kafka.values(), kafka.substituted()),
                flink == null
                        ? Map.of()
                        : new RedactedSettings(flink.values(), flink.substituted()),
                Words.constant(Delivery.class, root.valueOf("delivery")),
                scores(root.sectionOf("scores")),
                shards == null
                        ? null
                        : new Shards(
                                shards.millisOf("wait"),
                                Words.constant(MissingShards.class, shards.valueOf("missing"))),
                predictions(root.sectionOf("predictions")),
                labels == null ? null : labels(labels),
                ledger == null ? null : new LabelLedger(ledger.valueOf("topic")),
                losses == null ? null : losses(losses),
                alerts == null ? null : new Alerts(alerts.valueOf("topic"), rules),
                CalibrationSection.read(root.section("calibration")),
                gradients == null ? null : gradients(gradients),
                new DeadLetters(root.sectionOf("dead-letters").valueOf("topic")),
                ControlSection.read(root),
                models);
    }

    private static Scores scores(CheckedSection scores) {
        return new Scores(
                scores.valueOf("topic"),
                scores.valueOf("format"),
                scores.millisOf("out-of-orderness"),
                scores.millisOf("idle-after"));
    }

    private static Predictions predictions(CheckedSection predictions) {
        return new Predictions(
                predictions.valueOf("topic"),
                predictions.valueOf("format"),
                Words.constant(Emit.class, predictions.valueOf("emit")));
    }

    private static Labels labels(CheckedSection labels) {
        return new Labels(
                labels.valueOf("topic"),
                labels.millisOf("wait"),
                keep(labels.valueOf("keep")),
                labels.millisOf("out-of-orderness"),
                labels.millisOf("idle-after"));
    }

    private static Keep keep(String text) {
        return switch (text) {
            case "float32" -> Keep.FLOAT32;
            case "float16" -> Keep.FLOAT16;
            default -> Keep.top(topOf(text));
        };
    }

    /** Returns M of {@code top(M)}. */
    private static int topOf(String text) {
        return Integer.parseInt(text, 4, text.length() - 1, 10);
    }

    private static Gradients gradients(CheckedSection gradients) {
        String classes = gradients.valueOf("classes");
        return new Gradients(
                gradients.valueOf("topic"),
                classes.equals("full")
                        ? GradientClasses.FULL
                        : new GradientClasses(topOf(classes)));
    }

    private static Losses losses(CheckedSection losses) {
        return new Losses(
                losses.valueOf("topic"),
                losses.millisOf("window"),
                losses.millisOf("allowed-lateness"),
                Integer.parseInt(losses.valueOf("per-class")));
    }
}
