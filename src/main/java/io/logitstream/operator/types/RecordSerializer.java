package io.logitstream.operator.types;

import java.io.IOException;
import java.util.Objects;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** Serialises immutable records in a format of ours. Not thread-safe. */
final class RecordSerializer<T> extends TypeSerializer<T> {

    private static final long serialVersionUID = 1L;

    private static final int ROOM = 256;

    /** Larger room is not kept: one row of a million scores would hold its megabytes for ever. */
    private static final int MOST_KEPT = 1 << 20;

    private final RecordFormat format;

    /** A record is put together here: the streams of a checkpoint take single bytes slowly. */
    private transient @Nullable DataOutputSerializer room;

    RecordSerializer(RecordFormat format) {
        this.format = format;
    }

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public TypeSerializer<T> duplicate() {
        return new RecordSerializer<>(format);
    }

    /** Returns null: an immutable record is never filled. */
    @Override
    public @Nullable T createInstance() {
        return null;
    }

    @Override
    public T copy(T from) {
        return from;
    }

    @Override
    public T copy(T from, T reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(T record, DataOutputView target) throws IOException {
        if (room == null) {
            room = new DataOutputSerializer(ROOM);
        }
        room.clear();
        format.write(record, room);
        target.write(room.getSharedBuffer(), 0, room.length());
        if (room.length() > MOST_KEPT) {
            room = null;
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    public T deserialize(DataInputView source) throws IOException {
        return (T) format.read(source);
    }

    @Override
    public T deserialize(T reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RecordSerializer<?> that && format == that.format;
    }

    @Override
    public int hashCode() {
        return Objects.hash(format.name());
    }

    @Override
    public TypeSerializerSnapshot<T> snapshotConfiguration() {
        return new RecordSerializerSnapshot<>(format);
    }
}
