package io.logitstream.codec;

import static io.logitstream.codec.JsonName.CLASS;
import static io.logitstream.codec.JsonName.CLASSES;
import static io.logitstream.codec.JsonName.COUNT;
import static io.logitstream.codec.JsonName.DRAWS;
import static io.logitstream.codec.JsonName.ENTROPY;
import static io.logitstream.codec.JsonName.EXACT;
import static io.logitstream.codec.JsonName.ID;
import static io.logitstream.codec.JsonName.INDEX;
import static io.logitstream.codec.JsonName.LABEL;
import static io.logitstream.codec.JsonName.LOG_SUM_EXP;
import static io.logitstream.codec.JsonName.LOG_SUM_EXP_TO;
import static io.logitstream.codec.JsonName.MISSING;
import static io.logitstream.codec.JsonName.MODEL;
import static io.logitstream.codec.JsonName.MODEL_VERSION;
import static io.logitstream.codec.JsonName.NORMALIZER;
import static io.logitstream.codec.JsonName.OFFSET;
import static io.logitstream.codec.JsonName.PROBABILITIES;
import static io.logitstream.codec.JsonName.PROBABILITY;
import static io.logitstream.codec.JsonName.PROBABILITY_FROM;
import static io.logitstream.codec.JsonName.REST;
import static io.logitstream.codec.JsonName.SAMPLED;
import static io.logitstream.codec.JsonName.SCORE;
import static io.logitstream.codec.JsonName.SHARD;
import static io.logitstream.codec.JsonName.SHARDS;
import static io.logitstream.codec.JsonName.STANDARD_ERROR;
import static io.logitstream.codec.JsonName.SUPPORT;
import static io.logitstream.codec.JsonName.TAILS;
import static io.logitstream.codec.JsonName.TEMPERATURE;
import static io.logitstream.codec.JsonName.TEMPERATURE_VERSION;
import static io.logitstream.codec.JsonName.TIMESTAMP;
import static io.logitstream.codec.JsonName.TOP_K;
import static io.logitstream.codec.JsonName.TRUNCATED;
import static io.logitstream.codec.JsonName.VISITED;

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
        json.figure(LOG_SUM_EXP, prediction.logSumExp());
        json.figure(ENTROPY, prediction.entropy());
        json.figure(TEMPERATURE, prediction.temperature());
        json.version(TEMPERATURE_VERSION, model.temperatureVersion());
        json.version(MODEL_VERSION, model.version());
        json.field(NORMALIZER, prediction.normalizer().code());
        if (prediction.support() > 0) {
            json.field(SUPPORT, prediction.support());
        }
        if (prediction.visited() > 0) {
            json.field(VISITED, prediction.visited());
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
        json.startObject(SHARD);
        json.field(INDEX, place.index());
        json.field(COUNT, place.count());
        json.field(OFFSET, place.offset());
        json.endObject();
        json.figure(LOG_SUM_EXP, logSumExp);
        json.figure(TEMPERATURE, temperature);
        json.field(NORMALIZER, Normalizer.SOFTMAX.code());
        if (!shard.isExact()) {
            json.field(EXACT, false);
        }
        writeProbabilities(probabilities);
        return json.end();
    }

    private void start(String id, String model, long timestampMillis, int numClasses) {
        json.start();
        json.field(ID, id);
        json.field(MODEL, model);
        if (timestampMillis != RawRecord.NO_TIMESTAMP) {
            json.field(TIMESTAMP, timestampMillis);
        }
        json.field(CLASSES, numClasses);
    }

    private void writeInexact(Inexact inexact) {
        json.field(EXACT, false);
        if (inexact instanceof Inexact.MissingShards missing) {
            json.startObject(MISSING);
            writeIntegers(SHARDS, missing.shards());
            json.field(CLASSES, missing.classes());
        } else if (inexact instanceof Inexact.MissingTails missing) {
            json.startObject(MISSING);
            writeIntegers(TAILS, missing.tails());
            json.figure(PROBABILITY, missing.probability());
        } else if (inexact instanceof Inexact.Sampled sampled) {
            json.startObject(SAMPLED);
            json.field(DRAWS, sampled.draws());
            json.figure(STANDARD_ERROR, sampled.standardError());
        } else if (inexact instanceof Inexact.Truncated truncated) {
            json.startObject(TRUNCATED);
            json.field(REST, truncated.rest());
            json.figure(LOG_SUM_EXP_TO, truncated.logSumExpTo());
        }
        json.endObject();
    }

    private void writeIntegers(JsonName name, List<Integer> integers) {
        json.startArray(name);
        for (int integer : integers) {
            json.element(integer);
        }
        json.endArray();
    }

    private void writeTopClasses(Prediction prediction, List<String> classNames) {
        int[] classes = prediction.topClasses();
        json.startArray(TOP_K);
        for (int i = 0; i < classes.length; i++) {
            json.startObject();
            json.field(CLASS, classes[i]);
            if (!classNames.isEmpty()) {
                json.field(LABEL, classNames.get(classes[i]));
            }
            json.figure(PROBABILITY, prediction.topProbabilities()[i]);
            if (prediction.inexact() instanceof Inexact.Truncated truncated) {
                json.figure(PROBABILITY_FROM, truncated.topProbabilitiesFrom()[i]);
            }
            json.figure(SCORE, prediction.topScores()[i]);
            json.endObject();
        }
        json.endArray();
    }

    private void writeProbabilities(float[] probabilities) {
        json.startArray(PROBABILITIES);
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
