package io.logitstream.kernel;

/**
 * The loops over scores that a {@link RowKernel} is made of, the part that differs between a scalar
 * and a SIMD kernel. Implementations follow the order of operations of the package page exactly, so
 * that any two return the same bits. Stateless and thread-safe.
 *
 * <p>Element {@code i} of a range belongs to lane {@code i mod} {@value #LANES}. No score is NaN or
 * +infinity, except for {@link #maxima}.
 */
public interface LaneLoops {

    /** Virtual lanes: the widest vector the order of operations allows for (512 bits). */
    int LANES = 16;

    /**
     * What the lanes of {@link #sumTerms} start from. Being above every term, it makes their
     * compensation exact; it is taken off again when lanes are summed up.
     */
    float BASE = 8f;

    /** The bits of +infinity as float32; those of NaN, less the sign, are above them. */
    int BITS_OF_INFINITY = 0x7f800000;

    /** What {@link #ascending} gives for -infinity. */
    int LOWEST = ascending(Float.NEGATIVE_INFINITY);

    /**
     * Returns an integer that ascends with a float32, -0 being below +0; integers have a faster
     * maximum. It is its own inverse, on bits.
     */
    static int ascending(float x) {
        int bits = Float.floatToRawIntBits(x);
        return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }

    /** Returns the float32 of an integer of {@link #ascending}. */
    static float ofAscending(int ascending) {
        return Float.intBitsToFloat(ascending ^ ((ascending >> 31) & Integer.MAX_VALUE));
    }

    /** Returns what {@link #maxima} returns. */
    static long found(int sizeBits, int largest) {
        return (long) sizeBits << 32 | largest & 0xffff_ffffL;
    }

    /**
     * Sets each lane to its largest score as {@link #ascending}, {@link #LOWEST} if it has none.
     *
     * @param lanes int32 {@code [LANES]} from {@code at} on, no meaning where a score was NaN
     * @return the bits of the score of the largest size, less the sign, and in the lower half the
     *     largest score as {@link #ascending}
     */
    long maxima(float[] scores, int from, int to, int[] lanes, int at);

    /** Returns how many scores are -infinity. */
    int countMasked(float[] scores, int from, int to);

    /**
     * Writes the scores relative to an anchor, and none below {@code lowest}: {@code max(x -
     * anchor, lowest)}, to {@code out} from {@code at}.
     *
     * @param lowest the score from which on terms are negligible
     */
    void relate(float[] scores, int from, int to, float anchor, float lowest, float[] out, int at);

    /** Makes scores that are {@code lowest} the largest one, in place. */
    void replace(float[] scores, int from, int to, float lowest, float top);

    /**
     * Writes the terms {@code exp(x / T) 2^-N}.
     *
     * @param scores none below that from which on terms are negligible
     * @param exp makes a term of a score
     * @param rounder for {@code exp}
     * @param terms where to write, from {@code at}
     */
    void terms(
            float[] scores,
            int from,
            int to,
            TemperedExp exp,
            float rounder,
            float[] terms,
            int at);

    /**
     * Sets each lane to the sum of its terms, two at a time and with compensation (Kahan and
     * Babuska): {@code pair = e[i] + e[i + LANES]; t = s + pair; c = c + (pair - (t - s)); s = t}.
     *
     * @param to a multiple of twice {@link #LANES} after {@code from}, or less than {@link #LANES}
     *     after it if the loops are scalar
     * @param lanes float32 {@code [2 LANES]}: s, from {@link #BASE} on, then c, from 0 on
     */
    void sumTerms(float[] terms, int from, int to, float[] lanes);

    /**
     * Adds to what each lane holds, with {@code d = x - max}: {@code de = d * e; T = T + de; U =
     * fma(de, d, U); Q = fma(e, e, Q); W = fma(e, maxTerm - e, W)}.
     *
     * @param terms the e of the scores, from {@code at}
     * @param maxTerm the e of the largest score
     * @param lanes float32 {@code [4 LANES]}: T, U, Q, W
     */
    void addMoments(
            float[] scores,
            int from,
            int to,
            float[] terms,
            int at,
            float max,
            float maxTerm,
            float[] lanes);

    /**
     * Adds {@code x - max} to what each lane holds, 0 where x is -infinity.
     *
     * @param lanes float32 {@code [LANES]}
     */
    void addGaps(float[] scores, int from, int to, float max, float[] lanes);

    /** Writes {@code e * factor} to {@code out} from {@code at}; the arrays may be one. */
    void scale(float[] terms, int from, int to, float factor, float[] out, int at);

    /** Does what {@link #scale} does, with 0 for what is below 2^-115. */
    void scaleAndDrop(float[] terms, int from, int to, float factor, float[] out, int at);

    /**
     * Writes {@code fma(x - max, inverseTemperature, -logSum)} to {@code out} from {@code at}; the
     * arrays may be one if the positions are the same.
     */
    void logProbabilities(
            float[] scores,
            int from,
            int to,
            float max,
            float inverseTemperature,
            float logSum,
            float[] out,
            int at);

    /**
     * Offers to {@code topK}, in order, at least the scores that could enter it and reach {@code
     * atLeast}.
     *
     * @param firstClass the class that {@code scores[from]} belongs to
     */
    void select(float[] scores, int from, int to, float atLeast, int firstClass, TopK topK);
}
