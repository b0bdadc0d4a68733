package io.logitstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Recorded rows with fewer scores than classes, as a sender makes them that saves bytes. */
final class SelectedRows {

    private static final ObjectMapper JSON = new ObjectMapper();

    private SelectedRows() {}

    private static ObjectNode parse(String row) {
        try {
            return (ObjectNode) JSON.readTree(row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a row with its m best scores only. */
    static String truncated(String row, int m) {
        return truncated(parse(row), m).toString();
    }

    /** Returns a row with its m best scores and the log-sum-exp of all. */
    static String truncatedWithLogSumExp(String row, int m) {
        ObjectNode json = parse(row);
        double sum = 0;
        for (JsonNode score : json.path("scores")) {
            sum += Math.exp(score.asDouble());
        }
        return truncated(json, m).put("logSumExp", Math.log(sum)).toString();
    }

    private static ObjectNode truncated(ObjectNode row, int m) {
        JsonNode scores = row.path("scores");
        List<Integer> best =
                IntStream.range(0, scores.size())
                        .boxed()
                        .sorted(
                                Comparator.comparing(
                                        (Integer i) -> -(float) scores.path(i).asDouble()))
                        .limit(m)
                        .toList();
        return with(row, best);
    }

    private static ObjectNode with(ObjectNode row, List<Integer> chosen) {
        JsonNode scores = row.remove("scores");
        ArrayNode classes = row.putArray("classes");
        ArrayNode kept = row.putArray("scores");
        for (int i : chosen) {
            classes.add(i);
            kept.add(scores.path(i));
        }
        return row;
    }

    /** Returns a row with the score of its label and those of so many classes, drawn uniformly. */
    static String sampled(String row, List<String> classNames, int draws, Random random) {
        ObjectNode json = parse(row);
        JsonNode scores = json.path("scores");
        int label = classNames.indexOf(json.path("label").asText());
        json.set("labelScore", scores.path(label));
        ArrayNode counts = json.putArray("logExpectedCounts");
        IntStream.range(0, draws)
                .forEach(i -> counts.add(Math.log((double) draws / scores.size())));
        return with(json, random.ints(draws, 0, scores.size()).boxed().toList()).toString();
    }
}
