package io.logitstream.operator.types;

import java.io.IOException;
import java.util.Objects;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * What a savepoint says of a {@link RecordSerializer}: the name of this class and that of its
 * format, so that neither is ever renamed or moved. A format that changes says so in its bytes, and
 * reads those of before.
 */
public final class RecordSerializerSnapshot<T> implements TypeSerializerSnapshot<T> {

    private static final int VERSION = 1;

    private @Nullable RecordFormat format;

    /** Creates what {@link #readSnapshot} fills. */
    public RecordSerializerSnapshot() {}

    RecordSerializerSnapshot(RecordFormat format) {
        this.format = format;
    }

    @Override
    public int getCurrentVersion() {
        return VERSION;
    }

    @Override
    public void writeSnapshot(DataOutputView out) throws IOException {
        out.writeUTF(Objects.requireNonNull(format).name());
    }

    @Override
    public void readSnapshot(int version, DataInputView in, ClassLoader loader) throws IOException {
        String name = in.readUTF();
        try {
            format = RecordFormat.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new IOException("no format of records is called " + name, e);
        }
    }

    @Override
    public TypeSerializer<T> restoreSerializer() {
        return new RecordSerializer<>(Objects.requireNonNull(format));
    }

    @Override
    public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
            TypeSerializerSnapshot<T> old) {
        return old instanceof RecordSerializerSnapshot<T> that && that.format == format
                ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                : TypeSerializerSchemaCompatibility.incompatible();
    }
}
