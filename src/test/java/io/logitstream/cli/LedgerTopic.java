package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.record.LossTerm.Kind;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a job wrote into its label ledger. */
final class LedgerTopic {

    private static final ObjectMapper JSON = new ObjectMapper();

    private LedgerTopic() {}

    /** Asserts that it has an entry for each exception among these, and no other. */
    static void assertHasExceptionsOf(Map<Kind, Long> expected, ImageJob job) throws Exception {
        Map<Kind, Long> exceptions = new EnumMap<>(expected);
        exceptions.remove(Kind.MATCHED);
        exceptions.remove(Kind.CORRECTED);
        assertThat(counts(job)).as("entries of the label ledger").isEqualTo(exceptions);
    }

    private static Map<Kind, Long> counts(ImageJob job) throws Exception {
        Map<Kind, Long> counts = new EnumMap<>(Kind.class);
        for (ConsumerRecord<byte[], byte[]> record : job.labelLedger()) {
            JsonNode entry = JSON.readTree(record.value());
            assertThat(new String(record.key(), UTF_8)).isEqualTo(entry.path("id").asText());
            for (Kind kind : Kind.values()) {
                if (name(kind).equals(entry.path("bucket").asText())) {
                    counts.merge(kind, 1L, Long::sum);
                }
            }
        }
        return counts;
    }

    /** In camel case, as the aggregates have it. */
    static String name(Kind kind) {
        return switch (kind) {
            case TOO_LATE -> "tooLate";
            case REPEATED_SCORE -> "repeatedScore";
            default -> kind.name().toLowerCase(Locale.ROOT);
        };
    }
}
