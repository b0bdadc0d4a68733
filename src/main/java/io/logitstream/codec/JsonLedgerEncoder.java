package io.logitstream.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.logitstream.record.LedgerEntry;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes an entry of the label ledger as one JSON object:
 *
 * <pre>
 * {"bucket","id","model","segment","score":{"timestamp"},"label":{"class","label","timestamp"}}
 * </pre>
 *
 * <p>What is not known is absent. Not thread-safe.
 */
public final class JsonLedgerEncoder {

    private final JsonFactory factory = JsonFactories.forWriting();

    /**
     * Returns the JSON object of an entry, in UTF-8.
     *
     * @param model the entry's model, or null if it is no longer known
     */
    public byte[] encode(LedgerEntry entry, @Nullable ModelSpec model) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(256)) {
            try (JsonGenerator json = factory.createGenerator(bytes)) {
                json.writeStartObject();
                json.writeStringField("bucket", bucket(entry.kind()));
                json.writeStringField("id", entry.id());
                json.writeStringField("model", entry.model());
                if (entry.segment() != null) {
                    json.writeStringField("segment", entry.segment());
                }
                if (entry.scoreMillis() != RawRecord.NO_TIMESTAMP) {
                    json.writeObjectFieldStart("score");
                    json.writeNumberField("timestamp", entry.scoreMillis());
                    json.writeEndObject();
                }
                writeLabel(json, entry, model);
                json.writeEndObject();
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    private static void writeLabel(JsonGenerator json, LedgerEntry entry, @Nullable ModelSpec model)
            throws IOException {
        boolean timed = entry.labelMillis() != RawRecord.NO_TIMESTAMP;
        boolean hasClass = entry.labelClass() != ScoreRecord.NO_LABEL;
        if (!timed && !hasClass) {
            return;
        }
        json.writeObjectFieldStart("label");
        if (hasClass) {
            json.writeNumberField("class", entry.labelClass());
            // A label may have waited since the model had more classes.
            if (model != null && entry.labelClass() < model.classNames().size()) {
                json.writeStringField("label", model.nameOf(entry.labelClass()));
            }
        }
        if (timed) {
            json.writeNumberField("timestamp", entry.labelMillis());
        }
        json.writeEndObject();
    }

    /** Returns the name of a bucket, as the aggregates have it. */
    public static String bucket(LossTerm.Kind kind) {
        return switch (kind) {
            case MATCHED -> "matched";
            case CORRECTED -> "corrected";
            case EXPIRED -> "expired";
            case REPEATED_SCORE -> "repeatedScore";
            case ORPHAN -> "orphan";
            case DUPLICATE -> "duplicate";
            case CONFLICTING -> "conflicting";
            case TOO_LATE -> "tooLate";
            case ROW, WAITING_ROW, REFUSED_ROW ->
                    throw new IllegalArgumentException(kind + " is no bucket");
        };
    }
}
