package io.logitstream.record;

import io.logitstream.kernel.RowState;
import java.io.Serializable;

/**
 * Which rows of a model are compared under other distributions, and which those are beside the ones
 * that need no parameter.
 *
 * @param share of the rows with all scores, in (0, 1]
 * @param temperature of the tempered softmax; {@link RowState#MIN_TEMPERATURE} to {@link
 *     RowState#MAX_TEMPERATURE}
 * @param draws how many classes the sampler draws, at least 2
 */
public record CompareSpec(double share, double temperature, int draws) implements Serializable {

    /** Checks the parameters. */
    public CompareSpec {
        if (!(share > 0 && share <= 1)
                || !(temperature >= RowState.MIN_TEMPERATURE
                        && temperature <= RowState.MAX_TEMPERATURE)
                || draws < 2) {
            throw new IllegalArgumentException(
                    "cannot compare a share of %s at temperature %s with %d draws"
                            .formatted(share, temperature, draws));
        }
    }
}
