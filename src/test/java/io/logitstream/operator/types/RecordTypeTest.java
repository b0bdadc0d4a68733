package io.logitstream.operator.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitstream.kernel.RowLoss;
import io.logitstream.kernel.RowSummary;
import io.logitstream.kernel.SparseThreshold;
import io.logitstream.record.HeldMemory;
import io.logitstream.record.JoinMemory;
import io.logitstream.record.JoinMemory.Score;
import io.logitstream.record.Keep;
import io.logitstream.record.Label;
import io.logitstream.record.LabelKey;
import io.logitstream.record.LabelsSeen;
import io.logitstream.record.PackedRow;
import io.logitstream.record.RawRecord;
import io.logitstream.record.WaitingRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordTypeTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden/records-v1.txt");

    private static final RowSummary SUMMARY =
            new RowSummary(0.5, -3f, 1.5, 0.25, 0.125, 2.5, Double.NaN, null);
    private static final RowSummary SPARSE =
            new RowSummary(
                    1, 3f, 1.25, 0.1, 0.2, 0, 0.5, new SparseThreshold(2, -0.5, 3, 0.75, -0.125));

    private static TypeSerializer<Object> serializer(TypeInformation<?> type) {
        @SuppressWarnings("unchecked")
        TypeInformation<Object> any = (TypeInformation<Object>) type;
        return any.createSerializer(new SerializerConfigImpl());
    }

    private static byte[] bytes(TypeSerializer<Object> serializer, Object record)
            throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(1);
        out.writeByte(7);
        serializer.serialize(record, out);
        return out.getCopyOfBuffer();
    }

    /** Text of every kind: ASCII, Latin-1, beyond, half a surrogate pair, empty, long. */
    private static Stream<String> texts() {
        return Stream.of(
                "r-1",
                "",
                "\u00e9\u00ff",
                "\u0100",
                "\u732b\ud83d\ude00",
                "\ud800",
                "x".repeat(9_999));
    }

    static Stream<Object> records() {
        LabelsSeen one = LabelsSeen.NONE.with(new Label("m", "r", 3, 0.5, 9), LabelsSeen.EARLY);
        return Stream.concat(
                texts().flatMap(
                                text ->
                                        Stream.of(
                                                new LabelKey("m", text),
                                                new LabelKey(text, "r"),
                                                new Label("m", text, 3, 0.5, -1),
                                                held(Score.WAITING, 5, text, LabelsSeen.NONE, 7))),
                Stream.of(
                        HeldMemory.of(JoinMemory.NONE),
                        held(Score.OVER, RawRecord.NO_TIMESTAMP, null, one, JoinMemory.NEVER),
                        held(Score.SETTLED, 5, "eu", one.joining(new Label("m", "r", 2, 2, 8)), 9),
                        row(Keep.Form.FLOAT32, SUMMARY, null, new byte[] {1, 2, 3, 4}),
                        row(Keep.Form.FLOAT16, SPARSE, "eu", new byte[] {-1, 2}),
                        row(Keep.Form.TOP, SUMMARY, "", new byte[0])));
    }

    private static PackedRow row(
            Keep.Form form, RowSummary summary, @Nullable String segment, byte[] scores) {
        return PackedRow.of(
                new WaitingRow(
                        "m",
                        "r",
                        segment,
                        17,
                        0.5,
                        summary,
                        1.75,
                        new int[] {2, 0},
                        new float[] {3.5f, -0f},
                        Float.NEGATIVE_INFINITY,
                        4,
                        1,
                        form,
                        scores,
                        new RowLoss(0.1, 0)));
    }

    private static HeldMemory held(
            Score score, long millis, @Nullable String segment, LabelsSeen labels, long wake) {
        JoinMemory memory = new JoinMemory(score, millis, segment, labels, wake);
        HeldMemory held = HeldMemory.of(memory);
        assertThat(held.open()).isEqualTo(memory);
        return held;
    }

    private static TypeSerializer<Object> serializerOf(Object record) {
        return serializer(
                Stream.of(
                                RecordType.LABEL_KEY,
                                RecordType.LABEL,
                                RecordType.JOIN_MEMORY,
                                RecordType.WAITING_ROW)
                        .filter(type -> type.getTypeClass() == record.getClass())
                        .findFirst()
                        .orElseThrow());
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("records")
    void readsWhatItWrote(Object record) throws IOException {
        TypeSerializer<Object> serializer = serializerOf(record);
        byte[] bytes = bytes(serializer, record);
        assertThat(bytes(serializer, record)).as("what was put together before").isEqualTo(bytes);
        DataInputDeserializer in = new DataInputDeserializer(bytes, 1, bytes.length - 1);

        TypeSerializer<Object> other = serializer.duplicate();
        assertThat(other).as("for another thread").isNotSameAs(serializer).isEqualTo(serializer);
        assertThat(other.deserialize(in)).isEqualTo(record);
        assertThat(in.available()).isZero();

        DataOutputSerializer copied = new DataOutputSerializer(1);
        serializer.copy(new DataInputDeserializer(bytes, 1, bytes.length - 1), copied);
        assertThat(copied.getCopyOfBuffer()).isEqualTo(Arrays.copyOfRange(bytes, 1, bytes.length));
    }

    /** As a savepoint has them: what stands in the file may never change. */
    static Map<String, Object> goldenRecords() {
        LabelsSeen seen =
                LabelsSeen.NONE
                        .joining(new Label("m", "r", 2, 2, 8))
                        .joining(new Label("m", "r", 1, 0.5, 7))
                        .with(new Label("m", "r", 3, 1, -1), LabelsSeen.EARLY);
        return Map.of(
                "key",
                new LabelKey("m", "r-\u00e9"),
                "key beyond Latin-1",
                new LabelKey("m", "\u732b\ud83d\ude00"),
                "label",
                new Label("m", "r", 3, 0.5, 1_732_000_000_000L),
                "memory",
                held(Score.WAITING, 5, "eu", seen, 7),
                "memory of nothing",
                HeldMemory.of(JoinMemory.NONE),
                "row in float32",
                row(Keep.Form.FLOAT32, SUMMARY, null, new byte[] {1, 2, 3, 4}),
                "row in float16, sparse",
                row(Keep.Form.FLOAT16, SPARSE, "eu", new byte[] {-1, 2}),
                "row in its best",
                row(Keep.Form.TOP, SUMMARY, "", new byte[0]));
    }

    private static Map<String, String> goldenBytes() throws IOException {
        Map<String, String> bytes = new TreeMap<>();
        for (String line : Files.readAllLines(GOLDEN)) {
            if (!line.startsWith("#")) {
                String[] parts = line.split(": ");
                bytes.put(parts[0], parts[1]);
            }
        }
        return bytes;
    }

    @Test
    void writesAndReadsTheBytesOfVersionOneForever() throws IOException {
        Map<String, String> written = new TreeMap<>();
        for (Map.Entry<String, Object> entry : goldenRecords().entrySet()) {
            DataOutputSerializer out = new DataOutputSerializer(1);
            serializerOf(entry.getValue()).serialize(entry.getValue(), out);
            written.put(entry.getKey(), HexFormat.of().formatHex(out.getCopyOfBuffer()));
        }
        assertThat(written).isEqualTo(goldenBytes());
        for (Map.Entry<String, String> entry : goldenBytes().entrySet()) {
            Object record = goldenRecords().get(entry.getKey());
            byte[] bytes = HexFormat.of().parseHex(entry.getValue());
            assertThat(serializerOf(record).deserialize(new DataInputDeserializer(bytes)))
                    .isEqualTo(record);
        }
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("records")
    void restoresFromItsSnapshot(Object record) throws IOException {
        TypeSerializer<Object> serializer = serializerOf(record);
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());

        TypeSerializerSnapshot<Object> read =
                TypeSerializerSnapshot.readVersionedSnapshot(
                        new DataInputDeserializer(out.getCopyOfBuffer()),
                        getClass().getClassLoader());

        assertThat(read.restoreSerializer()).isEqualTo(serializer);
        assertThat(
                        serializer
                                .snapshotConfiguration()
                                .resolveSchemaCompatibility(read)
                                .isCompatibleAsIs())
                .isTrue();
    }

    @Test
    void isNotCompatibleWithAnotherRecord() {
        assertThat(
                        serializer(RecordType.LABEL)
                                .snapshotConfiguration()
                                .resolveSchemaCompatibility(
                                        serializer(RecordType.LABEL_KEY).snapshotConfiguration())
                                .isIncompatible())
                .isTrue();
    }

    @Test
    void saysWhichVersionItCannotRead() {
        for (TypeInformation<?> type : List.of(RecordType.JOIN_MEMORY, RecordType.WAITING_ROW)) {
            assertThatThrownBy(
                            () ->
                                    serializer(type)
                                            .deserialize(
                                                    new DataInputDeserializer(new byte[] {2, 0})))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("version 2, which a later logitstream wrote");
        }
    }
}
