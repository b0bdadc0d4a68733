package io.logitstream.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.logitstream.record.Inexact;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.Prediction;
import io.logitstream.record.RawRecord;
import io.logitstream.record.RowNorm;
import io.logitstream.record.Shard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Writes a prediction as one JSON object, without a line end.
 *
 * <pre>
 * {"id","model","timestamp","classes":K,
 *  "topK":[{"class","label","probability","score"}, best first],
 *  "logSumExp","entropy","temperature","normalizer","probabilities":[K]}
 * </pre>
 *
 * <p>A sparse distribution has no {@code logSumExp}, and {@code "support"} after the normalizer:
 * how many probabilities are above 0. If these are no more than the top-k, it is the whole
 * distribution.
 *
 * <p>Of a hierarchical softmax there is neither {@code logSumExp} nor {@code entropy}; {@code
 * "visited"}, after the normalizer, is how many inner nodes were looked at. The score of a class is
 * its log-probability. Of an adaptive softmax there is no {@code logSumExp}, an {@code entropy}
 * only with all tails, and the score of a class is its log-probability too.
 *
 * <p>Of a sigmoid there is no {@code logSumExp}, and the probabilities do not add up to 1.
 *
 * <p>Of a row in shards that is not complete there is, after the normalizer, {@code
 * "exact":false,"missing":{"shards":[...],"classes":n}}. The whole distribution of a row in shards
 * is a record for each shard:
 *
 * <pre>
 * {"id","model","timestamp","classes":K,"shard":{"index","count","offset"},
 *  "logSumExp","temperature","normalizer","exact":false if incomplete,"probabilities":[...]}
 * </pre>
 *
 * <p>Of a row of which only the best classes were sent, and neither the log-sum-exp, there is
 * {@code "exact":false,"truncated":{"rest":n,"logSumExpTo"}}; {@code "logSumExp"} is its lower
 * bound, and beside each {@code "probability"}, an upper bound, stands {@code "probabilityFrom"}.
 * Of one of which classes were drawn at random there is {@code "exact":false,"sampled":{"draws":n,
 * "standardError"}}; its log-sum-exp and probabilities are estimates. Of an adaptive softmax whose
 * missing tails may have one of the best classes there is {@code
 * "exact":false,"missing":{"tails":[...],"probability"}}.
 *
 * <p>Floats are the shortest decimal that reads back to the same float32, the others to the same
 * float64, whatever the JDK. What is missing is absent: {@code timestamp} without an event time,
 * {@code label} where the model has no class names, {@code probabilities} unless the prediction has
 * them, a figure that is NaN or infinite.
 *
 * <p>Not thread-safe: its buffers are reused. The returned array is the caller's.
 */
public final class JsonPredictionEncoder {

    private final JsonFactory factory = JsonFactories.forWriting();
    private final OutputBuffer out = new OutputBuffer();

    /**
     * Encodes a prediction.
     *
     * @param prediction what to write
     * @param model the model it is of, for its class names
     * @return UTF-8
     * @throws IllegalArgumentException if one of the {@code probabilities} is not finite: an array
     *     has no place to be absent
     */
    public byte[] encode(Prediction prediction, ModelSpec model) {
        out.reset();
        try (JsonGenerator json = factory.createGenerator(out)) {
            writeStart(
                    json,
                    prediction.id(),
                    prediction.model(),
                    prediction.timestampMillis(),
                    prediction.numClasses());
            writeTopClasses(json, prediction, model.classNames());
            writeFigure(json, "logSumExp", prediction.logSumExp());
            writeFigure(json, "entropy", prediction.entropy());
            writeFigure(json, "temperature", prediction.temperature());
            writeVersion(json, "temperatureVersion", model.temperatureVersion());
            writeVersion(json, "modelVersion", model.version());
            json.writeStringField("normalizer", prediction.normalizer().code());
            if (prediction.support() > 0) {
                json.writeNumberField("support", prediction.support());
            }
            if (prediction.visited() > 0) {
                json.writeNumberField("visited", prediction.visited());
            }
            if (prediction.inexact() != null) {
                writeInexact(json, prediction.inexact());
            }
            float[] probabilities = prediction.probabilities();
            if (probabilities != null) {
                writeProbabilities(json, probabilities);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.toByteArray();
    }

    /**
     * Encodes a shard's part of a distribution.
     *
     * @param shard which part of which row
     * @param logSumExp of the whole row, in nats
     * @param temperature what divided the scores
     * @param probabilities of the shard's classes, all finite
     * @return UTF-8
     */
    public byte[] encode(
            RowNorm shard, double logSumExp, double temperature, float[] probabilities) {
        out.reset();
        Shard place = shard.shard();
        try (JsonGenerator json = factory.createGenerator(out)) {
            writeStart(json, shard.id(), shard.model(), shard.timestampMillis(), place.classes());
            json.writeObjectFieldStart("shard");
            json.writeNumberField("index", place.index());
            json.writeNumberField("count", place.count());
            json.writeNumberField("offset", place.offset());
            json.writeEndObject();
            writeFigure(json, "logSumExp", logSumExp);
            writeFigure(json, "temperature", temperature);
            json.writeStringField("normalizer", Normalizer.SOFTMAX.code());
            if (!shard.isExact()) {
                json.writeBooleanField("exact", false);
            }
            writeProbabilities(json, probabilities);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.toByteArray();
    }

    private static void writeStart(
            JsonGenerator json, String id, String model, long timestampMillis, int numClasses)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("id", id);
        json.writeStringField("model", model);
        if (timestampMillis != RawRecord.NO_TIMESTAMP) {
            json.writeNumberField("timestamp", timestampMillis);
        }
        json.writeNumberField("classes", numClasses);
    }

    private static void writeInexact(JsonGenerator json, Inexact inexact) throws IOException {
        json.writeBooleanField("exact", false);
        if (inexact instanceof Inexact.MissingShards missing) {
            json.writeObjectFieldStart("missing");
            writeIntegers(json, "shards", missing.shards());
            json.writeNumberField("classes", missing.classes());
        } else if (inexact instanceof Inexact.MissingTails missing) {
            json.writeObjectFieldStart("missing");
            writeIntegers(json, "tails", missing.tails());
            writeFigure(json, "probability", missing.probability());
        } else if (inexact instanceof Inexact.Sampled sampled) {
            json.writeObjectFieldStart("sampled");
            json.writeNumberField("draws", sampled.draws());
            writeFigure(json, "standardError", sampled.standardError());
        } else if (inexact instanceof Inexact.Truncated truncated) {
            json.writeObjectFieldStart("truncated");
            json.writeNumberField("rest", truncated.rest());
            writeFigure(json, "logSumExpTo", truncated.logSumExpTo());
        }
        json.writeEndObject();
    }

    private static void writeIntegers(JsonGenerator json, String name, List<Integer> integers)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (int integer : integers) {
            json.writeNumber(integer);
        }
        json.writeEndArray();
    }

    private static void writeTopClasses(
            JsonGenerator json, Prediction prediction, List<String> classNames) throws IOException {
        int[] classes = prediction.topClasses();
        json.writeArrayFieldStart("topK");
        for (int i = 0; i < classes.length; i++) {
            json.writeStartObject();
            json.writeNumberField("class", classes[i]);
            if (!classNames.isEmpty()) {
                json.writeStringField("label", classNames.get(classes[i]));
            }
            writeFigure(json, "probability", prediction.topProbabilities()[i]);
            if (prediction.inexact() instanceof Inexact.Truncated truncated) {
                writeFigure(json, "probabilityFrom", truncated.topProbabilitiesFrom()[i]);
            }
            writeFigure(json, "score", prediction.topScores()[i]);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeProbabilities(JsonGenerator json, float[] probabilities)
            throws IOException {
        json.writeArrayFieldStart("probabilities");
        for (int i = 0; i < probabilities.length; i++) {
            if (!Float.isFinite(probabilities[i])) {
                throw new IllegalArgumentException(
                        "probability at index " + i + " must be finite, not " + probabilities[i]);
            }
            json.writeNumber(probabilities[i]);
        }
        json.writeEndArray();
    }

    static void writeVersion(JsonGenerator json, String name, long version) throws IOException {
        if (version > 0) {
            json.writeNumberField(name, version);
        }
    }

    private static void writeFigure(JsonGenerator json, String name, float value)
            throws IOException {
        if (Float.isFinite(value)) {
            json.writeNumberField(name, value);
        }
    }

    private static void writeFigure(JsonGenerator json, String name, double value)
            throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumberField(name, value);
        }
    }
}
