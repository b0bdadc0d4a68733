package io.logitstream.operator;

import io.logitstream.codec.JsonPredictionEncoder;
import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowState;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.RowNorm;
import io.logitstream.record.ShardScores;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the scores of a shard its part of the row's distribution. Not thread-safe. */
public final class ShardDistribution {

    private final RowKernel kernel;
    private final JsonPredictionEncoder encoder = new JsonPredictionEncoder();
    private final Map<String, RowState> rows = new HashMap<>();

    /** Creates the distribution of a plan's models. */
    public ShardDistribution(ScoringPlan plan, RowKernel kernel) {
        this.kernel = kernel;
        for (ModelSpec model : plan.models()) {
            rows.put(model.name(), plan.newState(model));
        }
    }

    /**
     * Returns the JSON of a shard's part, or null if its model is not known any more or has got
     * another temperature since.
     *
     * @param scores the logits
     * @param norm what it needs of its row, which has a distribution
     */
    public byte @Nullable [] encode(ShardScores scores, RowNorm norm) {
        RowState row = rows.get(norm.model());
        if (row == null) {
            return null;
        }
        try {
            ShardModel.read(norm.state(), row);
        } catch (IllegalArgumentException e) {
            return null;
        }
        float[] logits = scores.scores();
        float[] probabilities = new float[logits.length];
        kernel.probabilitiesInto(logits, 0, logits.length, row, probabilities, 0);
        return encoder.encode(norm, row.logSumExp(), row.temperature(), probabilities);
    }
}
