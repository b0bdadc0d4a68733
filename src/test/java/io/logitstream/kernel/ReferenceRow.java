package io.logitstream.kernel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A softmax row by the textbook, in decimal numbers of 34 digits: three plain sums, a full sort,
 * nothing shared with the kernels. Slow; for valid rows with at least one score above -infinity.
 */
final class ReferenceRow {

    private static final MathContext DIGITS = MathContext.DECIMAL128;

    /** exp of less than this is left out: 1e-87 of the largest term. */
    private static final BigDecimal NEGLIGIBLE = BigDecimal.valueOf(-200);

    private static final int SQUARINGS = 20;

    /** Binary digits behind the point in {@link #exp}. */
    private static final int BITS = 200;

    private static final BigDecimal ONE = new BigDecimal(BigInteger.ONE.shiftLeft(BITS));

    final double logSumExp;
    final double entropy;
    final double sumOfSquares;
    final double scoreVariance;

    /**
     * {@code U/S}, the mean squared distance from the largest score: what the variance is cut from.
     */
    final double meanSquare;

    /** Probabilities by class. */
    final double[] probabilities;

    private final float[] scores;
    private final BigDecimal temperature;
    private final BigDecimal max;
    private final BigDecimal logSum;
    private final BigDecimal[] exactProbabilities;

    ReferenceRow(float[] scores, double temperature) {
        this.scores = scores;
        this.temperature = new BigDecimal(temperature);
        float largest = Float.NEGATIVE_INFINITY;
        for (float score : scores) {
            largest = Math.max(largest, score);
        }
        max = exact(largest);
        BigDecimal s = BigDecimal.ZERO;
        BigDecimal t = BigDecimal.ZERO;
        BigDecimal u = BigDecimal.ZERO;
        BigDecimal q = BigDecimal.ZERO;
        BigDecimal[] terms = new BigDecimal[scores.length];
        Arrays.fill(terms, BigDecimal.ZERO);
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] != Float.NEGATIVE_INFINITY) {
                BigDecimal d = distance(scores[i]);
                BigDecimal e = exp(d);
                terms[i] = e;
                s = s.add(e, DIGITS);
                t = t.add(d.multiply(e, DIGITS), DIGITS);
                u = u.add(d.multiply(d, DIGITS).multiply(e, DIGITS), DIGITS);
                q = q.add(e.multiply(e, DIGITS), DIGITS);
            }
        }
        exactProbabilities = new BigDecimal[scores.length];
        probabilities = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            exactProbabilities[i] = terms[i].divide(s, DIGITS);
            probabilities[i] = exactProbabilities[i].doubleValue();
        }
        logSum = log(s);
        BigDecimal mean = t.divide(s, DIGITS);
        BigDecimal square = u.divide(s, DIGITS);
        logSumExp = max.divide(this.temperature, DIGITS).add(logSum, DIGITS).doubleValue();
        entropy = logSum.subtract(mean, DIGITS).doubleValue();
        meanSquare = square.doubleValue();
        scoreVariance = square.subtract(mean.multiply(mean, DIGITS), DIGITS).doubleValue();
        sumOfSquares = q.divide(s.multiply(s, DIGITS), DIGITS).doubleValue();
    }

    /** Returns {@code (score - max) / temperature}, at most 0. */
    private BigDecimal distance(float score) {
        return exact(score).subtract(max).divide(temperature, DIGITS);
    }

    /** Returns the natural logarithm of a class's probability; -infinity if it is masked. */
    double logProbability(int classIndex) {
        float score = scores[classIndex];
        return score == Float.NEGATIVE_INFINITY
                ? Double.NEGATIVE_INFINITY
                : distance(score).subtract(logSum, DIGITS).doubleValue();
    }

    double brier(int label) {
        BigDecimal total = BigDecimal.ZERO;
        for (int i = 0; i < probabilities.length; i++) {
            BigDecimal truth = i == label ? BigDecimal.ONE : BigDecimal.ZERO;
            BigDecimal gap = exactProbabilities[i].subtract(truth, DIGITS);
            total = total.add(gap.multiply(gap, DIGITS), DIGITS);
        }
        return total.doubleValue();
    }

    /**
     * Returns the classes by score, best first, equal scores by lower class, masked ones absent.
     */
    static int[] ranking(float[] scores) {
        // A float64 comparison that knows no difference between the zeros.
        Comparator<Integer> byScore = Comparator.comparingDouble(i -> -(scores[i] + 0.0));
        return IntStream.range(0, scores.length)
                .boxed()
                .filter(i -> scores[i] != Float.NEGATIVE_INFINITY)
                .sorted(byScore.thenComparing(Comparator.naturalOrder()))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static BigDecimal exact(float value) {
        return new BigDecimal((double) value);
    }

    /**
     * Taylor's series of a millionth in binary fixed point, squared twenty times. The squarings
     * cost six digits of the sixty.
     */
    private static BigDecimal exp(BigDecimal x) {
        if (x.compareTo(NEGLIGIBLE) < 0) {
            return BigDecimal.ZERO;
        }
        BigInteger part = x.multiply(ONE).toBigInteger().shiftRight(SQUARINGS);
        BigInteger term = BigInteger.ONE.shiftLeft(BITS);
        BigInteger mantissa = term;
        for (int n = 1; term.bitLength() > 1; n++) {
            term = term.multiply(part).shiftRight(BITS).divide(BigInteger.valueOf(n));
            mantissa = mantissa.add(term);
        }
        int halvings = BITS;
        for (int n = 0; n < SQUARINGS; n++) {
            mantissa = mantissa.multiply(mantissa);
            int dropped = mantissa.bitLength() - BITS;
            mantissa = mantissa.shiftRight(dropped);
            halvings = 2 * halvings - dropped;
        }
        BigDecimal scale = new BigDecimal(BigInteger.ONE.shiftLeft(Math.abs(halvings)));
        BigDecimal result = new BigDecimal(mantissa);
        return halvings > 0 ? result.divide(scale, DIGITS) : result.multiply(scale, DIGITS);
    }

    /** Newton's iteration from the float64 logarithm, twice: 16 to 32 to 64 digits. */
    private static BigDecimal log(BigDecimal x) {
        BigDecimal y = new BigDecimal(StrictMath.log(x.doubleValue()));
        for (int n = 0; n < 2; n++) {
            y = y.add(x.divide(exp(y), DIGITS)).subtract(BigDecimal.ONE);
        }
        return y.round(DIGITS);
    }
}
