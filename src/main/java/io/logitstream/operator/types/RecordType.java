package io.logitstream.operator.types;

import io.logitstream.record.JoinMemory;
import io.logitstream.record.Label;
import io.logitstream.record.LabelKey;
import io.logitstream.record.WaitingRow;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/** The type of records whose bytes are our own. */
public final class RecordType<T> extends TypeInformation<T> {

    private static final long serialVersionUID = 1L;

    /** Of keys of the label join and of the merge of shards. */
    public static final TypeInformation<LabelKey> LABEL_KEY =
            new RecordType<>(RecordFormat.LABEL_KEY);

    /** Of labels on their way to the join. */
    public static final TypeInformation<Label> LABEL = new RecordType<>(RecordFormat.LABEL);

    /** Of what the join remembers of an id. */
    public static final TypeInformation<JoinMemory> JOIN_MEMORY =
            new RecordType<>(RecordFormat.JOIN_MEMORY);

    /** Of rows on their way to the join, and there. */
    public static final TypeInformation<WaitingRow> WAITING_ROW =
            new RecordType<>(RecordFormat.WAITING_ROW);

    private final RecordFormat format;

    private RecordType(RecordFormat format) {
        this.format = format;
    }

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Class<T> getTypeClass() {
        return (Class<T>) format.type();
    }

    @Override
    public boolean isKeyType() {
        return format == RecordFormat.LABEL_KEY;
    }

    @Override
    public TypeSerializer<T> createSerializer(SerializerConfig config) {
        return new RecordSerializer<>(format);
    }

    @Override
    public String toString() {
        return format.type().getSimpleName();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RecordType<?> that && format == that.format;
    }

    @Override
    public int hashCode() {
        return format.name().hashCode();
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof RecordType<?>;
    }
}
