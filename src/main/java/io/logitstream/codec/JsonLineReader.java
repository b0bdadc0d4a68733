package io.logitstream.codec;

import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads one record a line. Lines end in LF or CR LF, the last one may end with the stream; blank
 * lines are skipped and not counted.
 *
 * <p>Of a line over {@value #MAX_LINE_BYTES} bytes only the start is handed on, cut so that it
 * cannot be a whole JSON object: it faults when it is decoded. The rest is read and dropped.
 */
final class JsonLineReader implements ScoreReader {

    static final int MAX_LINE_BYTES = 64 << 20;

    /** What a fault shows of a line that is too long. */
    static final int MAX_EXCERPT_BYTES = 1_024;

    private static final int READ_BYTES = 64 << 10;

    private final InputStream in;
    private final int maxLineBytes;
    private final byte[] chunk = new byte[READ_BYTES];
    private int chunkStart;
    private int chunkEnd;

    private byte[] line = new byte[READ_BYTES];
    private int lineLength;
    private boolean tooLong;
    private long offset;

    JsonLineReader(InputStream in) {
        this(in, MAX_LINE_BYTES);
    }

    JsonLineReader(InputStream in, int maxLineBytes) {
        this.in = in;
        this.maxLineBytes = maxLineBytes;
    }

    @Override
    public @Nullable RawRecord next() throws IOException {
        while (readLine()) {
            if (tooLong) {
                return record(Arrays.copyOf(line, excerptLength()));
            }
            int length = trimmedLength(lineLength);
            if (length > 0) {
                // Only the CR goes: the other bytes are the record's own.
                return record(Arrays.copyOf(line, withoutCarriageReturn()));
            }
        }
        return null;
    }

    private RawRecord record(byte[] value) {
        return new RawRecord(TOPIC, 0, offset++, RawRecord.NO_TIMESTAMP, null, value, Header.NONE);
    }

    /** Reads up to the next LF; returns false if there is nothing left. */
    private boolean readLine() throws IOException {
        lineLength = 0;
        tooLong = false;
        boolean any = false;
        while (chunkStart < chunkEnd || fillChunk()) {
            any = true;
            int end = chunkStart;
            while (end < chunkEnd && chunk[end] != '\n') {
                end++;
            }
            append(chunkStart, end);
            chunkStart = end;
            if (end < chunkEnd) {
                chunkStart++;
                return true;
            }
        }
        return any;
    }

    private boolean fillChunk() throws IOException {
        chunkStart = 0;
        chunkEnd = Math.max(0, in.read(chunk));
        return chunkEnd > 0;
    }

    private void append(int from, int to) {
        int count = Math.min(to - from, maxLineBytes - lineLength);
        tooLong |= count < to - from;
        if (lineLength + count > line.length) {
            long doubled = Math.min(2L * line.length, maxLineBytes);
            line = Arrays.copyOf(line, (int) Math.max(doubled, lineLength + count));
        }
        System.arraycopy(chunk, from, line, lineLength, count);
        lineLength += count;
    }

    private int withoutCarriageReturn() {
        return line[lineLength - 1] == '\r' ? lineLength - 1 : lineLength;
    }

    /** An object ends in a brace, so a text without one at its end is none. */
    private int excerptLength() {
        int length = Math.min(lineLength, MAX_EXCERPT_BYTES);
        int trimmed = trimmedLength(length);
        while (trimmed > 0 && line[trimmed - 1] == '}') {
            trimmed = trimmedLength(trimmed - 1);
        }
        return trimmed;
    }

    private int trimmedLength(int length) {
        int end = length;
        while (end > 0 && isSpace(line[end - 1])) {
            end--;
        }
        return end;
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }
}
