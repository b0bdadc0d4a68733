package io.logitstream.operator.types;

import io.logitstream.record.HeldMemory;
import io.logitstream.record.Label;
import io.logitstream.record.LabelKey;
import io.logitstream.record.PackedRow;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The records whose bytes are our own: those of the label join, and the key it shares with the
 * merge of shards. Each checkpoint writes all that wait, and Flink's serializer of POJOs takes
 * several times as long: it writes strings char by char, gets fields by reflection, and copies what
 * does not change. The names stand in savepoints: never rename them.
 */
enum RecordFormat {
    LABEL_KEY(LabelKey::writeTo, LabelKey::readFrom),
    LABEL(Label::writeTo, Label::readFrom),
    JOIN_MEMORY(HeldMemory::writeTo, HeldMemory::readFrom),
    WAITING_ROW(PackedRow::writeTo, PackedRow::readFrom);

    private interface Writer<T> {
        void write(T record, DataOutput out) throws IOException;
    }

    private interface Reader<T> {
        T read(DataInput in) throws IOException;
    }

    private final Writer<Object> writer;
    private final Reader<?> reader;

    @SuppressWarnings("unchecked")
    <T> RecordFormat(Writer<T> writer, Reader<T> reader) {
        this.writer = (Writer<Object>) writer;
        this.reader = reader;
    }

    void write(Object record, DataOutput out) throws IOException {
        writer.write(record, out);
    }

    Object read(DataInput in) throws IOException {
        return reader.read(in);
    }
}
