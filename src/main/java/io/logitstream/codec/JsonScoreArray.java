package io.logitstream.codec;

import static io.logitstream.record.FaultReason.WRONG_CLASS_COUNT;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;

/**
 * Reads a JSON array of scores, or of rows of scores, into buffers that are reused. Not
 * thread-safe.
 */
final class JsonScoreArray implements JsonFields.Scores {

    /** A longer buffer is not kept for the next record. */
    private static final int MAX_KEPT = 1 << 18;

    private final int maxClasses;

    /** The only row, or the one that was asked for last; exactly as long as it is. */
    private float[] scores = new float[0];

    private int numScores;

    /** All rows, one behind the other, and where each ends. */
    private float[] rows = new float[0];

    private int[] ends = new int[1];
    private int numRows;

    JsonScoreArray(int maxClasses) {
        this.maxClasses = maxClasses;
    }

    void clear() {
        numScores = 0;
        numRows = 0;
        if (rows.length > MAX_KEPT) {
            rows = new float[0];
        }
    }

    @Override
    public int count() {
        return numScores;
    }

    /** Returns how many rows were read; 0 if the scores are those of one row. */
    int rows() {
        return numRows;
    }

    /** Returns the scores that were read, valid until the next are. */
    float[] scores() {
        return scores;
    }

    /** Returns the scores of one of several rows, valid until those of another are asked for. */
    float[] row(int row) {
        int start = row == 0 ? 0 : ends[row - 1];
        if (scores.length != ends[row] - start) {
            scores = new float[ends[row] - start];
        }
        System.arraycopy(rows, start, scores, 0, scores.length);
        return scores;
    }

    @Override
    public void read(JsonParser parser, JsonToken token) throws IOException, FaultException {
        if (token != JsonToken.START_ARRAY) {
            throw FieldFaults.wrongType(Field.SCORES, "an array", JsonFaults.describe(parser));
        }
        JsonToken first = parser.nextToken();
        if (first == JsonToken.START_ARRAY) {
            readRows(parser);
            return;
        }
        float[] buffer = readRow(parser, first, scores);
        int n = numScores;
        if (n == 0) {
            throw new FaultException(WRONG_CLASS_COUNT, "scores is empty");
        }
        scores = n == buffer.length ? buffer : Arrays.copyOf(buffer, n);
    }

    private void readRows(JsonParser parser) throws IOException, FaultException {
        float[] buffer = scores;
        int end = 0;
        for (JsonToken t = JsonToken.START_ARRAY;
                t != JsonToken.END_ARRAY;
                t = parser.nextToken()) {
            if (t != JsonToken.START_ARRAY) {
                throw FieldFaults.wrongType(
                        Field.SCORES, "an array of rows", JsonFaults.describe(parser));
            }
            buffer = readRowOfMany(parser, buffer);
            if (numRows == RecordFields.MAX_ROWS) {
                throw new FaultException(
                        WRONG_CLASS_COUNT,
                        "a record may have at most " + RecordFields.MAX_ROWS + " rows");
            }
            if (rows.length < end + numScores) {
                rows = Arrays.copyOf(rows, Math.max(2 * rows.length, end + numScores));
            }
            if (ends.length == numRows) {
                ends = Arrays.copyOf(ends, 2 * numRows);
            }
            System.arraycopy(buffer, 0, rows, end, numScores);
            end += numScores;
            ends[numRows++] = end;
        }
        scores = buffer;
    }

    private float[] readRowOfMany(JsonParser parser, float[] into)
            throws IOException, FaultException {
        try {
            return readRow(parser, parser.nextToken(), into);
        } catch (FaultException e) {
            throw new FaultException(e.reason(), "row " + numRows + ": " + e.detail());
        }
    }

    /** Reads a row up to its end and returns the buffer, or a longer one. */
    private float[] readRow(JsonParser parser, JsonToken first, float[] into)
            throws IOException, FaultException {
        float[] buffer = into;
        int n = 0;
        for (JsonToken t = first; t != JsonToken.END_ARRAY; t = parser.nextToken()) {
            if (n == maxClasses) {
                throw new FaultException(
                        WRONG_CLASS_COUNT,
                        "more scores than the " + maxClasses + " classes of the widest model");
            }
            if (n == buffer.length) {
                buffer = JsonScores.grow(buffer, maxClasses);
            }
            buffer[n] = JsonScores.read(parser, t, n);
            numScores = ++n;
        }
        numScores = n;
        return buffer;
    }
}
