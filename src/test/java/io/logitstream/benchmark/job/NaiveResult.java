package io.logitstream.benchmark.job;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A prediction as a POJO. */
public final class NaiveResult {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    public String id = "";
    public List<Best> topK = new ArrayList<>();
    public double @Nullable [] probabilities;

    @JsonIgnore public double loss;

    /** One of the best classes. */
    public static final class Best {
        @JsonProperty("class")
        public int classIndex;

        public double probability;
        public double score;
    }

    static NaiveResult of(NaiveRow row, boolean isFull) {
        float[] scores = row.scores;
        double[] probabilities = softmax(scores);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingDouble(i -> -probabilities[i]));
        NaiveResult result = new NaiveResult();
        result.id = row.id;
        for (int classIndex : order.subList(0, JobCase.TOP_K)) {
            Best best = new Best();
            best.classIndex = classIndex;
            best.probability = probabilities[classIndex];
            best.score = scores[classIndex];
            result.topK.add(best);
        }
        result.probabilities = isFull ? probabilities : null;
        result.loss = row.label == null ? 0 : -Math.log(probabilities[row.label]);
        return result;
    }

    static double loss(NaiveRow row) {
        return -Math.log(softmax(row.scores)[row.label]);
    }

    private static double[] softmax(float[] scores) {
        double max = Double.NEGATIVE_INFINITY;
        for (float score : scores) {
            max = Math.max(max, score);
        }
        double sum = 0;
        double[] probabilities = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            probabilities[i] = Math.exp(scores[i] - max);
            sum += probabilities[i];
        }
        for (int i = 0; i < scores.length; i++) {
            probabilities[i] /= sum;
        }
        return probabilities;
    }

    byte[] json() {
        try {
            return MAPPER.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
