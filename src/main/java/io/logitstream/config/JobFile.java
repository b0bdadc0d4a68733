package io.logitstream.config;

import io.logitstream.record.AlertRule;
import io.logitstream.record.GradientClasses;
import io.logitstream.record.Keep;
import io.logitstream.record.ModelSpec;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a job is to do: a job file with its overrides, checked and complete. Immutable and
 * thread-safe. It never prints a secret.
 *
 * @param name names the job; lower-case letters, digits and hyphens
 * @param kafka properties of the Kafka clients
 * @param flink settings of Flink for this job; unmodifiable, prints redacted
 * @param delivery what a failure may do to the output
 * @param scores where scores are read
 * @param shards how rows are put together that come in shards, or null if none do
 * @param predictions where predictions are written
 * @param labels where labels that come by themselves are read, or null if none do; then there are
 *     losses
 * @param labelLedger where scores and labels are written that did not find each other, or null
 * @param losses where losses are written, or null if none are wanted
 * @param alerts what to alert on, or null for nothing; then there are losses
 * @param calibration how temperatures are fitted, or null if none are; then there are losses
 * @param gradients where gradients are written, or null if none are wanted
 * @param deadLetters where unusable records are written
 * @param control where models are read that come and go while the job runs, or null if none do;
 *     then there are no shards
 * @param models the models it starts with, at least one but with control, names distinct, in the
 *     order of the file
 */
public record JobFile(
        String name,
        KafkaSettings kafka,
        Map<String, String> flink,
        Delivery delivery,
        Scores scores,
        @Nullable Shards shards,
        Predictions predictions,
        @Nullable Labels labels,
        @Nullable LabelLedger labelLedger,
        @Nullable Losses losses,
        @Nullable Alerts alerts,
        @Nullable Calibration calibration,
        @Nullable Gradients gradients,
        DeadLetters deadLetters,
        @Nullable Control control,
        List<ModelSpec> models) {

    /** The most classes a model can have. */
    public static final int MAX_CLASSES = 10_000_000;

    /** What a failure may do to the output. */
    public enum Delivery {
        /** Output is committed with checkpoints and never repeated. */
        EXACTLY_ONCE,
        /** Output is visible at once and may be repeated. */
        AT_LEAST_ONCE
    }

    /** What a prediction holds. */
    public enum Emit {
        /** The best classes. */
        TOP_K,
        /** The best classes and the probability of every class. */
        FULL
    }

    /**
     * Where scores are read.
     *
     * @param topic a legal topic name
     * @param format the name of a score decoder
     * @param outOfOrdernessMillis how far a record may be behind in event time, at least 0
     * @param idleAfterMillis after how long a silent partition is not waited for, at least 1
     */
    public record Scores(
            String topic, String format, long outOfOrdernessMillis, long idleAfterMillis) {}

    /** What becomes of a row whose shards have not all come. */
    public enum MissingShards {
        /** It is a dead letter. */
        DEAD_LETTER,
        /** It is a prediction that says what is missing, and no part of the loss. */
        PARTIAL
    }

    /**
     * How rows are put together that come in shards.
     *
     * @param waitMillis how long shards of a row wait for each other in event time, at least 1;
     *     with losses it is, with the wait of labels, at most their allowed lateness
     * @param missing what becomes of a row whose shards have not all come
     */
    public record Shards(long waitMillis, MissingShards missing) {}

    /**
     * Where predictions are written.
     *
     * @param topic a legal topic name
     * @param format the name of a prediction encoder
     * @param emit what a prediction holds
     */
    public record Predictions(String topic, String format, Emit emit) {}

    /**
     * Where labels that come by themselves are read.
     *
     * @param topic a legal topic name
     * @param waitMillis how long a score and a label wait for each other in event time, at least 1,
     *     at most the allowed lateness of the losses
     * @param keep what a waiting score keeps
     * @param outOfOrdernessMillis how far a label may be behind in event time, at least 0
     * @param idleAfterMillis after how long a silent partition is not waited for, at least 1
     */
    public record Labels(
            String topic,
            long waitMillis,
            Keep keep,
            long outOfOrdernessMillis,
            long idleAfterMillis) {}

    /**
     * Where scores and labels are written that did not find each other.
     *
     * @param topic a legal topic name
     */
    public record LabelLedger(String topic) {}

    /**
     * Where losses are written.
     *
     * @param topic a legal topic name
     * @param windowMillis the length of a window in event time, at least 1,000
     * @param allowedLatenessMillis how long a published window takes late records, at least 0
     * @param perClass models with at most this many classes have them counted one by one
     */
    public record Losses(
            String topic, long windowMillis, long allowedLatenessMillis, int perClass) {}

    /**
     * What to alert on.
     *
     * @param topic where alerts are written, a legal topic name
     * @param rules at least one, names distinct
     */
    public record Alerts(String topic, List<AlertRule> rules) {

        public Alerts {
            rules = List.copyOf(rules);
        }
    }

    /**
     * How temperatures are fitted.
     *
     * @param isLive whether the job applies what it fits
     * @param topic where fitted temperatures are written, a legal topic name
     * @param share the share of the labelled rows that are looked at, in (0, 1]
     * @param minSamples a window of fewer rows changes no temperature, at least 1
     * @param maxStep by what factor at most a window changes it, above 1
     * @param lowest the least temperature that is set
     * @param highest the largest
     */
    public record Calibration(
            boolean isLive,
            String topic,
            double share,
            long minSamples,
            double maxStep,
            double lowest,
            double highest)
            implements Serializable {}

    /**
     * Where the gradients of labelled rows are written.
     *
     * @param topic a legal topic name
     * @param classes of which classes
     */
    public record Gradients(String topic, GradientClasses classes) {}

    /**
     * Where unusable records are written.
     *
     * @param topic a legal topic name
     */
    public record DeadLetters(String topic) {}

    /** What becomes of a row of a model that is not known. */
    public enum UnknownModels {
        /** It is a dead letter. */
        DEAD_LETTER,
        /** It waits for its model, and is a dead letter when that does not come. */
        WAIT
    }

    /**
     * Where models are read that come and go while the job runs.
     *
     * @param topic a legal topic name
     * @param unknownModels what becomes of a row of a model that is not known
     * @param waitMillis how long such a row waits, in wall-clock time, at least 1
     * @param maxWaiting how many such rows wait in each subtask, at least 1
     */
    public record Control(
            String topic, UnknownModels unknownModels, long waitMillis, int maxWaiting) {}

    public JobFile {
        models = List.copyOf(models);
        if (!(flink instanceof RedactedSettings)) {
            flink = new RedactedSettings(flink, Set.of());
        }
    }

    /**
     * Returns how long a window is kept after its end, in event time: what a row that comes at the
     * last moment adds when its label comes, or does not, finds its window. The job has losses.
     */
    public long windowsKeptMillis() {
        long lateness = losses.allowedLatenessMillis();
        return labels == null ? lateness : lateness + labelsAheadMillis();
    }

    /**
     * Returns by how much labels may be behind scores before windows wait for them, in event time.
     * The job has losses and labels.
     */
    public long labelsAheadMillis() {
        return losses.allowedLatenessMillis() - labels.waitMillis();
    }

    /**
     * Returns a model.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public ModelSpec model(String ofName) {
        return models.stream()
                .filter(model -> model.name().equals(ofName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no model " + ofName));
    }

    /** Returns all of it as readable YAML, defaults included, {@code ******} for each secret. */
    public String describe() {
        return JobFileDescription.of(this);
    }

    @Override
    public String toString() {
        return "JobFile[" + name + "]";
    }
}
