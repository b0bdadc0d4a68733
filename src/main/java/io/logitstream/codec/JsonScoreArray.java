package io.logitstream.codec;

import static io.logitstream.record.FaultReason.WRONG_CLASS_COUNT;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;

/** Reads a JSON array of scores into a buffer that is reused. Not thread-safe. */
final class JsonScoreArray implements JsonFields.Scores {

    private final int maxClasses;
    private float[] scores = new float[0];
    private int numScores;

    JsonScoreArray(int maxClasses) {
        this.maxClasses = maxClasses;
    }

    void clear() {
        numScores = 0;
    }

    @Override
    public int count() {
        return numScores;
    }

    /** Returns the scores that were read, valid until the next are. */
    float[] scores() {
        return scores;
    }

    @Override
    public void read(JsonParser parser, JsonToken token) throws IOException, FaultException {
        if (token != JsonToken.START_ARRAY) {
            throw RecordFields.wrongType(Field.SCORES, "an array", JsonFaults.describe(parser));
        }
        float[] buffer = scores;
        int n = 0;
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
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
        if (n == 0) {
            throw new FaultException(WRONG_CLASS_COUNT, "scores is empty");
        }
        scores = n == buffer.length ? buffer : Arrays.copyOf(buffer, n);
    }
}
