package io.logitstream.codec;

import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads consecutive rows of maxClasses float32. A row that the end of the stream cuts short is a
 * record, too: it is no whole number of float32, or has too few classes for its model.
 */
final class Float32RowReader implements ScoreReader {

    private final InputStream in;
    private final int rowBytes;
    private long offset;

    Float32RowReader(InputStream in, int maxClasses) {
        this.in = in;
        this.rowBytes = Math.multiplyExact(maxClasses, Float.BYTES);
    }

    @Override
    public @Nullable RawRecord next() throws IOException {
        byte[] row = in.readNBytes(rowBytes);
        if (row.length == 0) {
            return null;
        }
        return new RawRecord(TOPIC, 0, offset++, RawRecord.NO_TIMESTAMP, null, row, Header.NONE);
    }
}
