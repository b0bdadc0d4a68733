package io.logitstream.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The name of a field with its quotes and colon, as three words that are stored whole, which takes
 * less time than to copy so few bytes. To the JVM the words of the names below are constants, since
 * the fields of a record are.
 *
 * @param first the first eight bytes, the first in the lowest
 * @param second the next eight
 * @param third the next eight
 * @param length how many bytes count
 */
record JsonName(long first, long second, long third, int length) {

    /** So many bytes are written, however many count. */
    static final int BYTES = 3 * Long.BYTES;

    private static final VarHandle EIGHT =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    static final JsonName ID = of("id");
    static final JsonName MODEL = of("model");
    static final JsonName TIMESTAMP = of("timestamp");
    static final JsonName CLASSES = of("classes");
    static final JsonName SHARD = of("shard");
    static final JsonName INDEX = of("index");
    static final JsonName COUNT = of("count");
    static final JsonName OFFSET = of("offset");
    static final JsonName TOP_K = of("topK");
    static final JsonName CLASS = of("class");
    static final JsonName LABEL = of("label");
    static final JsonName PROBABILITY = of("probability");
    static final JsonName PROBABILITY_FROM = of("probabilityFrom");
    static final JsonName SCORE = of("score");
    static final JsonName LOG_SUM_EXP = of("logSumExp");
    static final JsonName ENTROPY = of("entropy");
    static final JsonName TEMPERATURE = of("temperature");
    static final JsonName TEMPERATURE_VERSION = of("temperatureVersion");
    static final JsonName MODEL_VERSION = of("modelVersion");
    static final JsonName NORMALIZER = of("normalizer");
    static final JsonName SUPPORT = of("support");
    static final JsonName VISITED = of("visited");
    static final JsonName EXACT = of("exact");
    static final JsonName MISSING = of("missing");
    static final JsonName SHARDS = of("shards");
    static final JsonName TAILS = of("tails");
    static final JsonName TRUNCATED = of("truncated");
    static final JsonName REST = of("rest");
    static final JsonName LOG_SUM_EXP_TO = of("logSumExpTo");
    static final JsonName SAMPLED = of("sampled");
    static final JsonName DRAWS = of("draws");
    static final JsonName STANDARD_ERROR = of("standardError");
    static final JsonName PROBABILITIES = of("probabilities");
    static final JsonName WEIGHT = of("weight");
    static final JsonName LOSS = of("loss");
    static final JsonName GRADIENT = of("gradient");
    static final JsonName GRADIENTS = of("gradients");

    /**
     * Returns a name.
     *
     * @throws IllegalArgumentException if it has more than 21 bytes
     */
    static JsonName of(String ascii) {
        byte[] bytes = ('"' + ascii + "\":").getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > BYTES) {
            throw new IllegalArgumentException(ascii + " is too long");
        }
        byte[] words = Arrays.copyOf(bytes, BYTES);
        return new JsonName(
                (long) EIGHT.get(words, 0),
                (long) EIGHT.get(words, 8),
                (long) EIGHT.get(words, 16),
                bytes.length);
    }

    /** Writes the name, and returns where to go on; there must be room for {@link #BYTES}. */
    int write(byte[] to, int at) {
        EIGHT.set(to, at, first);
        EIGHT.set(to, at + 8, second);
        EIGHT.set(to, at + 16, third);
        return at + length;
    }
}
