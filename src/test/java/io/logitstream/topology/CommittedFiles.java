package io.logitstream.topology;

import io.logitstream.record.OutputRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * An exactly-once sink for tests: one file per subtask and checkpoint, which appears when the
 * checkpoint is complete. A committable is a batch's name, 16 random bytes, then its records; to
 * commit one again does nothing new.
 */
final class CommittedFiles implements Sink<OutputRecord>, SupportsCommitter<byte[]> {

    private static final long serialVersionUID = 1L;

    private static final int NAME_BYTES = 16;
    private static final String READY = ".records";

    private final String directory;

    CommittedFiles(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory).toString();
    }

    /** Returns everything committed, in no order. */
    static List<OutputRecord> read(Path directory) throws IOException {
        List<OutputRecord> records = new ArrayList<>();
        TypeSerializer<OutputRecord> serializer = serializer();
        List<Path> batches;
        try (Stream<Path> files = Files.list(directory)) {
            batches = files.filter(file -> file.toString().endsWith(READY)).toList();
        }
        for (Path batch : batches) {
            DataInputDeserializer in = new DataInputDeserializer(Files.readAllBytes(batch));
            while (in.available() > 0) {
                records.add(serializer.deserialize(in));
            }
        }
        return records;
    }

    private static TypeSerializer<OutputRecord> serializer() {
        return TypeInformation.of(OutputRecord.class).createSerializer(new SerializerConfigImpl());
    }

    @Override
    public CommittingSinkWriter<OutputRecord, byte[]> createWriter(WriterInitContext context) {
        return new BatchWriter();
    }

    @Override
    public Committer<byte[]> createCommitter(CommitterInitContext context) {
        return new BatchCommitter(Path.of(directory));
    }

    @Override
    public SimpleVersionedSerializer<byte[]> getCommittableSerializer() {
        return new AsItIs();
    }

    private static final class BatchWriter implements CommittingSinkWriter<OutputRecord, byte[]> {
        private final TypeSerializer<OutputRecord> serializer = serializer();
        private final DataOutputSerializer batch = new DataOutputSerializer(1 << 16);

        @Override
        public void write(OutputRecord record, Context context) throws IOException {
            serializer.serialize(record, batch);
        }

        @Override
        public void flush(boolean endOfInput) {}

        @Override
        public Collection<byte[]> prepareCommit() {
            if (batch.length() == 0) {
                return List.of();
            }
            UUID name = UUID.randomUUID();
            byte[] records = batch.getCopyOfBuffer();
            batch.clear();
            return List.of(
                    ByteBuffer.allocate(NAME_BYTES + records.length)
                            .putLong(name.getMostSignificantBits())
                            .putLong(name.getLeastSignificantBits())
                            .put(records)
                            .array());
        }

        @Override
        public void close() {}
    }

    private record BatchCommitter(Path directory) implements Committer<byte[]> {

        @Override
        public void commit(Collection<CommitRequest<byte[]>> requests) throws IOException {
            for (CommitRequest<byte[]> request : requests) {
                byte[] batch = request.getCommittable();
                ByteBuffer name = ByteBuffer.wrap(batch);
                String file = new UUID(name.getLong(), name.getLong()).toString();
                Path unfinished = directory.resolve(file);
                Files.write(unfinished, Arrays.copyOfRange(batch, NAME_BYTES, batch.length));
                Files.move(
                        unfinished,
                        directory.resolve(file + READY),
                        StandardCopyOption.ATOMIC_MOVE);
            }
        }

        @Override
        public void close() {}
    }

    private static final class AsItIs implements SimpleVersionedSerializer<byte[]> {

        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(byte[] committable) {
            return committable;
        }

        @Override
        public byte[] deserialize(int version, byte[] serialized) {
            return serialized;
        }
    }
}
