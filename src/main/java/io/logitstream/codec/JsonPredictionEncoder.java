package io.logitstream.codec;

import io.logitstream.record.Inexact;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.Prediction;
import io.logitstream.record.RawRecord;
import io.logitstream.record.RowNorm;
import io.logitstream.record.Shard;
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

    private final RowJson json = new RowJson();

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
        start(
                prediction.id(),
                prediction.model(),
                prediction.timestampMillis(),
                prediction.numClasses());
        writeTopClasses(prediction, model.classNames());
        json.figure("logSumExp", prediction.logSumExp());
        json.figure("entropy", prediction.entropy());
        json.figure("temperature", prediction.temperature());
        json.version("temperatureVersion", model.temperatureVersion());
        json.version("modelVersion", model.version());
        json.field("normalizer", prediction.normalizer().code());
        if (prediction.support() > 0) {
            json.field("support", prediction.support());
        }
        if (prediction.visited() > 0) {
            json.field("visited", prediction.visited());
        }
        if (prediction.inexact() != null) {
            writeInexact(prediction.inexact());
        }
        float[] probabilities = prediction.probabilities();
        if (probabilities != null) {
            writeProbabilities(probabilities);
        }
        return json.end();
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
        Shard place = shard.shard();
        start(shard.id(), shard.model(), shard.timestampMillis(), place.classes());
        json.startObject("shard");
        json.field("index", place.index());
        json.field("count", place.count());
        json.field("offset", place.offset());
        json.endObject();
        json.figure("logSumExp", logSumExp);
        json.figure("temperature", temperature);
        json.field("normalizer", Normalizer.SOFTMAX.code());
        if (!shard.isExact()) {
            json.field("exact", false);
        }
        writeProbabilities(probabilities);
        return json.end();
    }

    private void start(String id, String model, long timestampMillis, int numClasses) {
        json.start();
        json.field("id", id);
        json.field("model", model);
        if (timestampMillis != RawRecord.NO_TIMESTAMP) {
            json.field("timestamp", timestampMillis);
        }
        json.field("classes", numClasses);
    }

    private void writeInexact(Inexact inexact) {
        json.field("exact", false);
        if (inexact instanceof Inexact.MissingShards missing) {
            json.startObject("missing");
            writeIntegers("shards", missing.shards());
            json.field("classes", missing.classes());
        } else if (inexact instanceof Inexact.MissingTails missing) {
            json.startObject("missing");
            writeIntegers("tails", missing.tails());
            json.figure("probability", missing.probability());
        } else if (inexact instanceof Inexact.Sampled sampled) {
            json.startObject("sampled");
            json.field("draws", sampled.draws());
            json.figure("standardError", sampled.standardError());
        } else if (inexact instanceof Inexact.Truncated truncated) {
            json.startObject("truncated");
            json.field("rest", truncated.rest());
            json.figure("logSumExpTo", truncated.logSumExpTo());
        }
        json.endObject();
    }

    private void writeIntegers(String name, List<Integer> integers) {
        json.startArray(name);
        for (int integer : integers) {
            json.element(integer);
        }
        json.endArray();
    }

    private void writeTopClasses(Prediction prediction, List<String> classNames) {
        int[] classes = prediction.topClasses();
        json.startArray("topK");
        for (int i = 0; i < classes.length; i++) {
            json.startObject();
            json.field("class", classes[i]);
            if (!classNames.isEmpty()) {
                json.field("label", classNames.get(classes[i]));
            }
            json.figure("probability", prediction.topProbabilities()[i]);
            if (prediction.inexact() instanceof Inexact.Truncated truncated) {
                json.figure("probabilityFrom", truncated.topProbabilitiesFrom()[i]);
            }
            json.figure("score", prediction.topScores()[i]);
            json.endObject();
        }
        json.endArray();
    }

    private void writeProbabilities(float[] probabilities) {
        json.startArray("probabilities");
        for (int i = 0; i < probabilities.length; i++) {
            if (!Float.isFinite(probabilities[i])) {
                throw new IllegalArgumentException(
                        "probability at index " + i + " must be finite, not " + probabilities[i]);
            }
            json.element(probabilities[i]);
        }
        json.endArray();
    }
}
