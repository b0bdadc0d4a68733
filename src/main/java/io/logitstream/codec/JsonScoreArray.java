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
    private final JsonScoreText text;

    /** The only row, or the one that was asked for last; exactly as long as it is. */
    private float[] scores = new float[0];

    private int numScores;

    /** All rows, one behind the other, and where each ends. */
    private float[] rows = new float[0];

    private int[] ends = new int[1];
    private int numRows;

    JsonScoreArray(int maxClasses) {
        this.maxClasses = maxClasses;
        text = new JsonScoreText(maxClasses);
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
        if (numScores == 0) {
            throw new FaultException(WRONG_CLASS_COUNT, "scores is empty");
        }
        setOnlyRow(buffer, numScores);
    }

    /**
     * Reads the array from its bytes.
     *
     * @param open the place of its opening bracket
     * @return the place behind its closing bracket, or {@link JsonScoreText#GIVEN_UP} if only the
     *     parser can read it or say what is wrong with it
     */
    int read(byte[] json, int open) {
        int first = JsonScoreText.skipSpace(json, open + 1);
        if (first < json.length && json[first] == '[') {
            return readRows(json, first);
        }
        int end = text.read(json, open + 1, scores);
        if (end != JsonScoreText.GIVEN_UP) {
            setOnlyRow(text.row(), text.size());
        }
        return end;
    }

    private int readRows(byte[] json, int first) {
        int i = first;
        while (i < json.length && json[i] == '[' && numRows < RecordFields.MAX_ROWS) {
            int end = text.read(json, i + 1, scores);
            if (end == JsonScoreText.GIVEN_UP) {
                return JsonScoreText.GIVEN_UP;
            }
            scores = text.row();
            addRow(scores, text.size());
            i = JsonScoreText.skipSpace(json, end);
            if (i < json.length && json[i] == ']') {
                return i + 1;
            }
            if (i == json.length || json[i] != ',') {
                return JsonScoreText.GIVEN_UP;
            }
            i = JsonScoreText.skipSpace(json, i + 1);
        }
        return JsonScoreText.GIVEN_UP;
    }

    private void setOnlyRow(float[] buffer, int size) {
        numScores = size;
        scores = size == buffer.length ? buffer : Arrays.copyOf(buffer, size);
    }

    private void addRow(float[] buffer, int size) {
        int start = numRows == 0 ? 0 : ends[numRows - 1];
        if (rows.length < start + size) {
            rows = Arrays.copyOf(rows, Math.max(2 * rows.length, start + size));
        }
        if (ends.length == numRows) {
            ends = Arrays.copyOf(ends, 2 * numRows);
        }
        System.arraycopy(buffer, 0, rows, start, size);
        ends[numRows++] = start + size;
    }

    private void readRows(JsonParser parser) throws IOException, FaultException {
        float[] buffer = scores;
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
            addRow(buffer, numScores);
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
