package io.logitstream.operator.types;

import io.logitstream.record.JoinMemory;
import io.logitstream.record.Label;
import io.logitstream.record.LabelKey;
import io.logitstream.record.WaitingRow;
import io.logitstream.record.WaitingRowFormat;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The records whose bytes are our own. Of the label join they are in each of its checkpoints, as
 * many as wait; Flink's serializer of POJOs takes several times as long, which writes strings char
 * by char and gets fields by reflection, and copies what does not change. The names stand in
 * savepoints: never rename them.
 */
enum RecordFormat {
    LABEL_KEY(LabelKey.class) {
        @Override
        void write(Object key, DataOutput out) throws IOException {
            ((LabelKey) key).writeTo(out);
        }

        @Override
        Object read(DataInput in) throws IOException {
            return LabelKey.readFrom(in);
        }
    },

    LABEL(Label.class) {
        @Override
        void write(Object label, DataOutput out) throws IOException {
            ((Label) label).writeTo(out);
        }

        @Override
        Object read(DataInput in) throws IOException {
            return Label.readFrom(in);
        }
    },

    JOIN_MEMORY(JoinMemory.class) {
        @Override
        void write(Object memory, DataOutput out) throws IOException {
            ((JoinMemory) memory).writeTo(out);
        }

        @Override
        Object read(DataInput in) throws IOException {
            return JoinMemory.readFrom(in);
        }
    },

    WAITING_ROW(WaitingRow.class) {
        @Override
        void write(Object row, DataOutput out) throws IOException {
            WaitingRowFormat.write((WaitingRow) row, out);
        }

        @Override
        Object read(DataInput in) throws IOException {
            return WaitingRowFormat.read(in);
        }
    };

    private final Class<?> type;

    RecordFormat(Class<?> type) {
        this.type = type;
    }

    /** Returns the class of the records, which are immutable. */
    Class<?> type() {
        return type;
    }

    abstract void write(Object record, DataOutput out) throws IOException;

    abstract Object read(DataInput in) throws IOException;
}
