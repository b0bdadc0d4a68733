package io.logitstream.operator.types;

import io.logitstream.record.HeldMemory;
import io.logitstream.record.Label;
import io.logitstream.record.LabelKey;
import io.logitstream.record.PackedRow;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/** The type of records whose bytes are our own. */
public final class RecordType<T> extends TypeInformation<T> {

    private static final long serialVersionUID = 1L;

    /** Of keys of the label join and of the merge of shards. */
    public static final TypeInformation<LabelKey> LABEL_KEY =
            new RecordType<>(RecordFormat.LABEL_KEY, LabelKey.class);

    /** Of labels on their way to the join. */
    public static final TypeInformation<Label> LABEL =
            new RecordType<>(RecordFormat.LABEL, Label.class);

    /** Of what the join remembers of an id. */
    public static final TypeInformation<HeldMemory> JOIN_MEMORY =
            new RecordType<>(RecordFormat.JOIN_MEMORY, HeldMemory.class);

    /** Of rows on their way to the join, and there. */
    public static final TypeInformation<PackedRow> WAITING_ROW =
            new RecordType<>(RecordFormat.WAITING_ROW, PackedRow.class);

    private final RecordFormat format;
    private final Class<T> type;

    private RecordType(RecordFormat format, Class<T> type) {
        this.format = format;
        this.type = type;
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
    public Class<T> getTypeClass() {
        return type;
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
        return type.getSimpleName();
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
