package io.logitstream.config;

import io.logitstream.record.AlertRule;
import io.logitstream.record.CompareSpec;
import io.logitstream.record.ModelLoss;
import io.logitstream.record.ModelSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** Prints a job file as it was resolved. */
final class JobFileDescription {

    private JobFileDescription() {}

    static String of(JobFile job) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("name", job.name());
        root.put("kafka", job.kafka().redacted());
        if (!job.flink().isEmpty()) {
            root.put("flink", ((RedactedSettings) job.flink()).redacted());
        }
        root.put("delivery", Words.word(job.delivery()));
        Map<String, Object> scores = section(root, "scores", job.scores().topic());
        scores.put("format", job.scores().format());
        scores.put("out-of-orderness", DurationText.format(job.scores().outOfOrdernessMillis()));
        scores.put("idle-after", DurationText.format(job.scores().idleAfterMillis()));
        JobFile.Shards split = job.shards();
        if (split != null) {
            Map<String, Object> shards = new LinkedHashMap<>();
            shards.put("wait", DurationText.format(split.waitMillis()));
            shards.put("missing", Words.word(split.missing()));
            root.put("shards", shards);
        }
        Map<String, Object> predictions = section(root, "predictions", job.predictions().topic());
        predictions.put("format", job.predictions().format());
        predictions.put("emit", Words.word(job.predictions().emit()));
        JobFile.Labels awaited = job.labels();
        if (awaited != null) {
            Map<String, Object> labels = section(root, "labels", awaited.topic());
            labels.put("wait", DurationText.format(awaited.waitMillis()));
            labels.put("keep", awaited.keep().toString());
            labels.put("out-of-orderness", DurationText.format(awaited.outOfOrdernessMillis()));
            labels.put("idle-after", DurationText.format(awaited.idleAfterMillis()));
        }
        if (job.labelLedger() != null) {
            section(root, "label-ledger", job.labelLedger().topic());
        }
        JobFile.Losses wanted = job.losses();
        if (wanted != null) {
            Map<String, Object> losses = section(root, "losses", wanted.topic());
            losses.put("window", DurationText.format(wanted.windowMillis()));
            losses.put("allowed-lateness", DurationText.format(wanted.allowedLatenessMillis()));
            losses.put("per-class", wanted.perClass());
        }
        JobFile.Alerts alerts = job.alerts();
        if (alerts != null) {
            section(root, "alerts", alerts.topic())
                    .put("rules", alerts.rules().stream().map(JobFileDescription::rule).toList());
        }
        if (job.calibration() != null) {
            calibration(root, job.calibration());
        }
        JobFile.Gradients gradients = job.gradients();
        if (gradients != null) {
            section(root, "gradients", gradients.topic())
                    .put("classes", gradients.classes().toString());
        }
        section(root, "dead-letters", job.deadLetters().topic());
        JobFile.Control control = job.control();
        if (control != null) {
            Map<String, Object> shown = section(root, "control", control.topic());
            shown.put("unknown-models", Words.word(control.unknownModels()));
            shown.put("wait", DurationText.format(control.waitMillis()));
            shown.put("max-waiting", control.maxWaiting());
        }
        root.put("models", job.models().stream().map(JobFileDescription::model).toList());
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setLineBreak(DumperOptions.LineBreak.UNIX);
        options.setWidth(Integer.MAX_VALUE);
        return new Yaml(options).dump(root);
    }

    private static Map<String, Object> section(
            Map<String, Object> root, String name, String topic) {
        Map<String, Object> section = new LinkedHashMap<>();
        section.put("topic", topic);
        root.put(name, section);
        return section;
    }

    private static void calibration(Map<String, Object> root, JobFile.Calibration wanted) {
        Map<String, Object> calibration = section(root, "calibration", wanted.topic());
        calibration.put("mode", wanted.isLive() ? "live" : "shadow");
        calibration.put("share", wanted.share());
        if (wanted.isLive()) {
            calibration.put("min-samples", wanted.minSamples());
            calibration.put("max-step", wanted.maxStep());
            calibration.put("lowest", wanted.lowest());
            calibration.put("highest", wanted.highest());
        }
    }

    private static Map<String, Object> model(ModelSpec model) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("name", model.name());
        shown.put("classes", model.numClasses());
        List<String> names = model.classNames();
        shown.put("labels", names.isEmpty() ? "none" : names.size() + " class names");
        shown.put("scores-are", Words.word(model.scoresAre()));
        shown.put("temperature", model.temperature());
        shown.put("normalizer", model.normalizer().code());
        if (model.tree() != null) {
            shown.put("tree", model.tree().toString());
        }
        if (model.clusters() != null) {
            shown.put("cutoffs", model.clusters().toString());
        }
        shown.put("top-k", model.topK());
        if (!model.loss().equals(ModelLoss.CROSS_ENTROPY)) {
            shown.put("loss", loss(model.loss()));
        }
        if (model.drift().isGiven()) {
            shown.put("drift", model.drift().toString());
        }
        if (model.compare() != null) {
            shown.put("compare", compare(model.compare()));
        }
        return shown;
    }

    private static Map<String, Object> compare(CompareSpec compare) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("share", compare.share());
        shown.put("temperature", compare.temperature());
        shown.put("draws", compare.draws());
        return shown;
    }

    private static Map<String, Object> rule(AlertRule rule) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("name", rule.name());
        if (rule.model() != null) {
            shown.put("model", rule.model());
        }
        shown.put("segment", rule.segment());
        shown.put("figure", rule.figure().path());
        shown.put(rule.isAbove() ? "above" : "below", rule.enter());
        shown.put("leave", rule.leave());
        shown.put("windows", rule.windows());
        return shown;
    }

    private static Map<String, Object> loss(ModelLoss loss) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("label-smoothing", loss.row().labelSmoothing());
        shown.put("focal-gamma", loss.row().focalGamma());
        shown.put("vanished-gradient", loss.vanishedBelow());
        int weights = loss.classWeights().length;
        shown.put("class-weights", weights == 0 ? "none" : weights + " weights");
        shown.put("ignore", loss.ignore() == null ? "none" : loss.ignore());
        return shown;
    }
}
