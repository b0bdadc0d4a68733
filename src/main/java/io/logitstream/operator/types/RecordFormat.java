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
 * The records whose bytes are our own: those of the label join, and the key it shares with the
 * merge of shards. Each checkpoint writes all that wait, and Flink's serializer of POJOs takes
 * several times as long: it writes strings char by char, gets fields by reflection, and copies what
 * does not change. The names stand in savepoints: never rename them.
 */
enum RecordFormat {
    LABEL_KEY {
        @Override
        void write(Object key, DataOutput out) throws IOException {
            ((LabelKey) key).writeTo(out);
        }

        @Override
        Object read(DataInput in) throws IOException {
            return LabelKey.readFrom(in);
        }
    },

    LABEL {
        @Override
        void write(Object label, DataOutput out) throws IOException {
            ((Label) label).writeTo(out);
        }

        @Override
        Object read(DataInput in) throws IOException {
            return Label.readFrom(in);
        }
    },

    JOIN_MEMORY {
        @Override
        void write(Object memory, DataOutput out) throws IOException {
            ((JoinMemory) memory).writeTo(out);
        }

        @Override
        Object read(DataInput in) throws IOException {
            return JoinMemory.readFrom(in);
        }
    },

    WAITING_ROW {
        @Override
        void write(Object row, DataOutput out) throws IOException {
            WaitingRowFormat.write((WaitingRow) row, out);
        }

        @Override
        Object read(DataInput in) throws IOException {
            return WaitingRowFormat.read(in);
        }
    };

    abstract void write(Object record, DataOutput out) throws IOException;

    abstract Object read(DataInput in) throws IOException;
}
