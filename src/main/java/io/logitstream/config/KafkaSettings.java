package io.logitstream.config;

import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The properties of the Kafka clients as the job file gives them; {@code bootstrap.servers} is
 * among them. Immutable and thread-safe. Only {@link #properties()} gives the secrets away:
 * whatever prints this object prints {@code ******} for values whose key sounds like a secret's
 * (password, secret, jaas, token, credential, a key) and for values that came from the environment
 * or from a file.
 */
public final class KafkaSettings implements Serializable {

    /** Kafka's own {@code max.request.size}. */
    public static final int REQUEST_BYTES = 1_048_576;

    private static final long serialVersionUID = 1L;

    /** Of predictions of the best classes, Kafka's 16 KB are full after 30. */
    private static final int BATCH_BYTES = 65_536;

    /** Of predictions with all probabilities of 1,000 classes, 64 KB are full after three. */
    private static final int FULL_BATCH_BYTES = 524_288;

    private final RedactedSettings properties;

    KafkaSettings(Map<String, String> properties, Set<String> hidden) {
        this.properties = new RedactedSettings(properties, hidden);
    }

    /** Returns settings of which only values with sensitive keys are hidden. */
    public static KafkaSettings of(Map<String, String> properties) {
        return new KafkaSettings(properties, Set.of());
    }

    /** Returns the {@code batch.size} that the job sets by itself, by what a prediction holds. */
    public static int batchBytes(JobFile.Emit emit) {
        return emit == JobFile.Emit.FULL ? FULL_BATCH_BYTES : BATCH_BYTES;
    }

    /** Returns all properties with their true values, unmodifiable; it prints redacted. */
    public Map<String, String> properties() {
        return properties;
    }

    /** Returns all properties, {@code ******} in place of each secret; unmodifiable. */
    public Map<String, String> redacted() {
        return properties.redacted();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KafkaSettings that && properties.equals(that.properties);
    }

    @Override
    public int hashCode() {
        return properties.hashCode();
    }

    @Override
    public String toString() {
        return "KafkaSettings" + properties;
    }
}
