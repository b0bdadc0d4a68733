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

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

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

    /** Returns whether a row is chosen: always the same, wherever and whenever it is asked. */
    public boolean chooses(String id) {
        return (seedOf(id) >>> 11) * 0x1p-53 < share;
    }

    /** Returns a number that looks random and depends on nothing but the id. */
    public static long seedOf(String id) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * FNV_PRIME;
        }
        return mixed(hash);
    }

    /** Spreads every bit over all of them, as SplitMix64 does (Steele, Lea and Flood 2014). */
    public static long mixed(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
