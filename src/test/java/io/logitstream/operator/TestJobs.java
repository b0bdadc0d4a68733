package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.config.KafkaSettings;
import io.logitstream.record.AlertRule;
import io.logitstream.record.GradientClasses;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.ScoresAre;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Small jobs and models for the tests of the operators. */
public final class TestJobs {

    public static final long WINDOW = 10_000;
    public static final long LATENESS = 5_000;
    public static final JobFile.Losses LOSSES = new JobFile.Losses("losses", WINDOW, LATENESS, 128);
    public static final JobFile.@Nullable Losses NO_LOSSES = null;

    private TestJobs() {}

    public static ModelSpec model(String name, int numClasses) {
        return new ModelSpec(
                name, numClasses, List.of(), ScoresAre.LOGITS, 1, Normalizer.SOFTMAX, 5);
    }

    public static JobFile job(
            JobFile.Emit emit, JobFile.@Nullable Losses losses, ModelSpec... models) {
        return job(emit, losses, null, null, models);
    }

    public static JobFile withLabels(
            JobFile.Labels labels, JobFile.@Nullable LabelLedger ledger, ModelSpec... models) {
        return job(JobFile.Emit.TOP_K, LOSSES, labels, ledger, models);
    }

    public static JobFile withAlerts(AlertRule rule, ModelSpec... models) {
        JobFile job = job(JobFile.Emit.TOP_K, LOSSES, null, null, models);
        return new JobFile(
                job.name(),
                job.kafka(),
                job.flink(),
                job.delivery(),
                job.scores(),
                null,
                job.predictions(),
                null,
                null,
                job.losses(),
                new JobFile.Alerts("alerts", List.of(rule)),
                null,
                null,
                job.deadLetters(),
                null,
                job.models());
    }

    public static JobFile withGradients(
            GradientClasses classes, JobFile.@Nullable Losses losses, ModelSpec... models) {
        JobFile job = job(JobFile.Emit.TOP_K, losses, models);
        return new JobFile(
                job.name(),
                job.kafka(),
                job.flink(),
                job.delivery(),
                job.scores(),
                null,
                job.predictions(),
                null,
                null,
                job.losses(),
                null,
                null,
                new JobFile.Gradients("gradients", classes),
                job.deadLetters(),
                null,
                job.models());
    }

    private static JobFile job(
            JobFile.Emit emit,
            JobFile.@Nullable Losses losses,
            JobFile.@Nullable Labels labels,
            JobFile.@Nullable LabelLedger ledger,
            ModelSpec... models) {
        return new JobFile(
                "test",
                KafkaSettings.of(Map.of("bootstrap.servers", "nowhere:1")),
                Map.of(),
                JobFile.Delivery.AT_LEAST_ONCE,
                new JobFile.Scores("scores", "json", 1_000, 10_000),
                null,
                new JobFile.Predictions("predictions", "json", emit),
                labels,
                ledger,
                losses,
                null,
                null,
                null,
                new JobFile.DeadLetters("dead-letters"),
                null,
                List.of(models));
    }
}
