package io.logitstream.kernel;

/**
 * The loops over scores that a {@link RowKernel} is made of, the part that differs between a scalar
 * and a SIMD kernel. Implementations follow the order of operations of the package page exactly, so
 * that any two return the same bits. Stateless and thread-safe.
 *
 * <p>Element {@code i} of a range belongs to lane {@code i mod} {@value #LANES}. Loops that fill
 * lanes go on from what the lanes hold. No score is NaN or +infinity, except for {@link #maxima}
 * and {@link #countMasked}.
 */
public interface LaneLoops {

    /** Virtual lanes: the widest vector the order of operations allows for (512 bits). */
    int LANES = 16;

    /**
     * What the lanes of {@link #addTerms} start from. Being above every term, it makes their
     * compensation exact; it is taken off again when lanes are summed up.
     */
    float BASE = 8f;

    /** The bits of +infinity as float32; those of NaN, less the sign, are above them. */
    int BITS_OF_INFINITY = 0x7f800000;

    /**
     * Raises each lane to its largest score.
     *
     * @param lanes float32 {@code [LANES]}, no meaning where a score was NaN
     * @return the bits of the score of the largest size, less the sign
     */
    int maxima(float[] scores, int from, int to, float[] lanes);

    /** Returns how many scores are -infinity. */
    int countMasked(float[] scores, int from, int to);

    /**
     * Cuts {@code exp(x / T) 2^-N} into {@code 2^f} and a power of two, both of which later loops
     * read while they lie in the first-level cache. Scores below {@code lowest} are taken as that.
     *
     * @param exp cuts
     * @param rounder for {@code exp}
     * @param lowest the score from which on terms are negligible
     * @param fractions f, written from {@code at}
     * @param powers n - N, shifted to where the exponent of a float32 is; written from {@code at}
     */
    void split(
            float[] scores,
            int from,
            int to,
            TemperedExp exp,
            float rounder,
            float lowest,
            float[] fractions,
            int[] powers,
            int at);

    /**
     * Adds the terms {@code e = 2^f 2^(n - N)} to each lane's sum, two at a time and with
     * compensation (Kahan and Babuska): {@code pair = e[i] + e[i + LANES]; t = s + pair; c = c +
     * (pair - (t - s)); s = t}.
     *
     * @param fractions f; may have no meaning afterwards
     * @param to a multiple of twice {@link #LANES} after {@code from}, or less than {@link #LANES}
     *     after it if the loops are scalar
     * @param lanes float32 {@code [2 LANES]}: s, starting from {@link #BASE}, then c
     */
    void addTerms(float[] fractions, int[] powers, int from, int to, float[] lanes);

    /** Does what {@link #addTerms} does, and writes the terms to {@code terms} from {@code at}. */
    void addAndStoreTerms(
            float[] fractions,
            int[] powers,
            int from,
            int to,
            float[] lanes,
            float[] terms,
            int at);

    /**
     * Adds to each lane, with {@code d = x - max} where {@code x >= lowest} and {@code d = 0}
     * elsewhere: {@code de = d * e; T = T + de; U = fma(de, d, U); Q = fma(e, e, Q); W = fma(e,
     * maxTerm - e, W)}.
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
            float lowest,
            float[] lanes);

    /**
     * Adds {@code x - max} to each lane, 0 where x is -infinity.
     *
     * @param lanes float32 {@code [LANES]}
     */
    void addGaps(float[] scores, int from, int to, float max, float[] lanes);

    /**
     * Writes {@code p = 2^f 2^(n - N) factor}, from left to right, to {@code out} from {@code at};
     * 0 where p is below {@link RowState#LEAST_PROBABILITY}.
     */
    void probabilities(
            float[] fractions, int[] powers, int from, int to, float factor, float[] out, int at);

    /** Does in place, to terms, what {@link #probabilities} does. */
    void scaleTerms(float[] terms, int from, int to, float factor);

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
