package io.logitstream.codec;

import static io.logitstream.record.FaultReason.MALFORMED;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.logitstream.record.RawRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * Reads a score record in two parts: the scores from their bytes, and with Jackson a copy of the
 * record in which an empty array stands for them.
 *
 * <p>A search finds the array, but only as a guess: Jackson must meet the empty array as the scores
 * of the record and in that very place. Then it would have met the scores there, too, as all bytes
 * before are the same, and have gone on behind them in the same way. If it does not, if the scores
 * take more than {@link JsonScoreText}, or if anything is wrong with the record, this gives up, and
 * Jackson has to read all of the record. Not thread-safe.
 */
final class JsonScoreSplice implements JsonFields.Scores {

    /** Where a record has more than this beside its scores, copying it is not worth its memory. */
    private static final int MAX_REST_BYTES = 1 << 16;

    private static final int FIRST_CAPACITY = 512;

    private static final byte[] NAME = "scores".getBytes(StandardCharsets.US_ASCII);

    private static final FaultException ELSEWHERE =
            new FaultException(MALFORMED, "scores are not where they were found");

    private final JsonScoreArray array;
    private final JsonFields json;

    private byte[] rest = new byte[FIRST_CAPACITY];
    private int start;

    JsonScoreSplice(RecordFields fields, Set<Field> known, JsonScoreArray array) {
        this.array = array;
        json = new JsonFields(fields, known, this);
    }

    /** Reads a record, or returns false: then what was read of it means nothing. */
    boolean read(RawRecord raw) {
        byte[] value = raw.value();
        start = value == null ? -1 : find(value);
        if (value == null || start < 0) {
            return false;
        }
        int end = array.read(value, start);
        if (end == JsonScoreText.GIVEN_UP) {
            return false;
        }
        int behind = value.length - end;
        int length = start + 2 + behind;
        if (behind > MAX_REST_BYTES || length > MAX_REST_BYTES) {
            return false;
        }
        if (length > rest.length) {
            rest = new byte[Math.max(length, 2 * rest.length)];
        }
        System.arraycopy(value, 0, rest, 0, start);
        rest[start] = '[';
        rest[start + 1] = ']';
        System.arraycopy(value, end, rest, start + 2, behind);
        try {
            json.read(rest, length);
        } catch (FaultException e) {
            return false;
        }
        return true;
    }

    @Override
    public void read(JsonParser parser, JsonToken token) throws IOException, FaultException {
        if (token != JsonToken.START_ARRAY
                || parser.currentTokenLocation().getByteOffset() != start) {
            throw ELSEWHERE;
        }
        parser.nextToken();
    }

    @Override
    public int count() {
        return 0;
    }

    /** Returns where the array of the scores opens if this is such a record, or -1. */
    private static int find(byte[] value) {
        int limit = Math.min(value.length, MAX_REST_BYTES);
        int depth = 0;
        for (int i = 0; i < limit; i++) {
            switch (value[i]) {
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                case '"' -> {
                    int end = endOfText(value, i + 1, limit);
                    if (depth == 1 && Arrays.equals(value, i + 1, end, NAME, 0, NAME.length)) {
                        int colon = JsonScoreText.skipSpace(value, end + 1);
                        if (colon < limit && value[colon] == ':') {
                            int open = JsonScoreText.skipSpace(value, colon + 1);
                            return open < limit && value[open] == '[' ? open : -1;
                        }
                    }
                    i = end;
                }
                default -> {}
            }
        }
        return -1;
    }

    private static int endOfText(byte[] value, int from, int limit) {
        int i = from;
        while (i < limit && value[i] != '"') {
            i += value[i] == '\\' ? 2 : 1;
        }
        return Math.min(i, limit);
    }
}
