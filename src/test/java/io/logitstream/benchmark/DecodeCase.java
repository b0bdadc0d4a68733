package io.logitstream.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/**
 * What one measurement of the decoders reads.
 *
 * @param input how the scores are written
 * @param variant who reads them
 * @param k scores in a record
 */
record DecodeCase(Input input, Variant variant, int k) {

    private static final int[] SIZES = {10, 100, 1_000, 10_000};

    /** So many that no predictor of branches knows them by heart. */
    private static final int ALL_SCORES = 200_000;

    private static final long SEED = 20_260_101;

    /** How the scores are written; the names are those of the JSON. */
    enum Input {
        /** The bytes of normal scores of standard deviation 3. */
        float32,
        /** Their shortest decimals, as Java writes them: {@code -3.1415927}. */
        shortest,
        /** Their decimals as float64, with a space before each, as Python writes them. */
        float64,
        /** The decimals of the recorded rows of OCR: six digits, some with an exponent. */
        recorded
    }

    /** Who reads them. */
    enum Variant {
        /** The decoder. */
        logitstream,
        /** The decoder without its fast way. */
        jackson,
        /** {@link Float#parseFloat} of what is between the commas, and nothing else. */
        parseFloat
    }

    /** The cases of a run, those that are compared next to each other. */
    static List<DecodeCase> all() {
        List<DecodeCase> cases = new ArrayList<>();
        for (Input input : Input.values()) {
            for (int k : SIZES) {
                for (Variant variant : Variant.values()) {
                    if (input != Input.float32 || variant == Variant.logitstream) {
                        cases.add(new DecodeCase(input, variant, k));
                    }
                }
            }
        }
        return cases;
    }

    /** Returns the values of the records. */
    List<byte[]> values() {
        List<byte[]> values = new ArrayList<>();
        int records = Math.max(1, ALL_SCORES / k);
        if (input == Input.float32) {
            float[] scores = gaussian(records * k);
            for (int from = 0; from < scores.length; from += k) {
                ByteBuffer value = ByteBuffer.allocate(k * Float.BYTES);
                value.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(scores, from, k);
                values.add(value.array());
            }
            return values;
        }
        String[] decimals = decimals(records * k);
        String comma = input == Input.float64 ? ", " : ",";
        for (int from = 0; from < decimals.length; from += k) {
            String scores = String.join(comma, Arrays.asList(decimals).subList(from, from + k));
            String value =
                    "{\"id\":\"row-%08d\",\"model\":\"m\",\"timestamp\":1732000000000,\"scores\":[%s],\"label\":7}"
                            .formatted(from, scores);
            values.add(value.getBytes(StandardCharsets.UTF_8));
        }
        return values;
    }

    private String[] decimals(int n) {
        String[] decimals = new String[n];
        if (input == Input.recorded) {
            String[] recorded = recorded();
            Arrays.setAll(decimals, i -> recorded[i % recorded.length]);
        } else {
            float[] scores = gaussian(n);
            Arrays.setAll(
                    decimals,
                    i ->
                            input == Input.shortest
                                    ? Float.toString(scores[i])
                                    : Double.toString(scores[i]));
        }
        return decimals;
    }

    private static float[] gaussian(int n) {
        Random random = new Random(SEED);
        float[] scores = new float[n];
        for (int i = 0; i < n; i++) {
            scores[i] = (float) (3 * random.nextGaussian());
        }
        return scores;
    }

    private static String[] recorded() {
        List<String> decimals = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(
                                        DecodeCase.class.getResourceAsStream(
                                                "/recorded/ocr-6625.jsonl.gz")),
                                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine();
                    line != null && decimals.size() < ALL_SCORES;
                    line = lines.readLine()) {
                String scores = line.substring(line.indexOf('[') + 1, line.indexOf(']'));
                decimals.addAll(Arrays.asList(scores.split(",")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return decimals.toArray(new String[0]);
    }

    /** Returns the case as one word, which {@link #of} reads. */
    String id() {
        return String.join("/", input.name(), variant.name(), "" + k);
    }

    static DecodeCase of(String id) {
        String[] parts = id.split("/");
        return new DecodeCase(
                Input.valueOf(parts[0]), Variant.valueOf(parts[1]), Integer.parseInt(parts[2]));
    }
}
