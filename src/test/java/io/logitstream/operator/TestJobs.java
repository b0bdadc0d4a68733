package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.config.KafkaSettings;
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
    public static final JobFile.Losses LOSSES = new JobFile.Losses("losses", WINDOW, LATENESS);
    public static final JobFile.@Nullable Losses NO_LOSSES = null;

    private TestJobs() {}

    public static ModelSpec model(String name, int numClasses) {
        return new ModelSpec(
                name, numClasses, List.of(), ScoresAre.LOGITS, 1, Normalizer.SOFTMAX, 5);
    }

    public static JobFile job(
            JobFile.Emit emit, JobFile.@Nullable Losses losses, ModelSpec... models) {
        return new JobFile(
                "test",
                KafkaSettings.of(Map.of("bootstrap.servers", "nowhere:1")),
                Map.of(),
                JobFile.Delivery.AT_LEAST_ONCE,
                new JobFile.Scores("scores", "json", 1_000, 10_000),
                new JobFile.Predictions("predictions", "json", emit),
                losses,
                new JobFile.DeadLetters("dead-letters"),
                List.of(models));
    }
}
