package io.logitstream.codec;

import io.logitstream.record.LabelInput;
import io.logitstream.record.RawRecord;
import java.util.EnumSet;
import java.util.Set;

/**
 * Reads labels that are one JSON object each: {@code label}, a class name or an index; {@code id},
 * a text or an integer, by default the Kafka key; {@code model}, a text, by default the job's only
 * model; {@code timestamp}, integer milliseconds since 1970, by default Kafka's. Bounds and
 * encoding are those of a score record. Never throws; not thread-safe.
 */
public final class JsonLabelDecoder {

    private static final Set<Field> KNOWN =
            EnumSet.of(Field.ID, Field.MODEL, Field.TIMESTAMP, Field.LABEL);

    private final RecordFields fields;
    private final JsonFields json;

    public JsonLabelDecoder(DecoderLimits limits) {
        fields = new RecordFields(limits);
        json = new JsonFields(fields, KNOWN, JsonFields.NO_SCORES);
    }

    /** Decodes a record, however broken. */
    public LabelInput decode(RawRecord raw) {
        try {
            json.read(raw);
            return LabelInput.of(raw, fields.toLabel(raw));
        } catch (FaultException e) {
            return LabelInput.fault(raw, e.reason(), e.detail());
        }
    }
}
