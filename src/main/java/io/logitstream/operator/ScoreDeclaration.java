package io.logitstream.operator;

import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowState;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.ScoresAre;
import org.jspecify.annotations.Nullable;

/**
 * Holds a row to what its model's scores are declared to be. A distribution may miss a sum of 1 by
 * {@link #TOLERANCE}, which leaves room for float16 models with many classes and none for logits.
 * Not thread-safe.
 */
abstract sealed class ScoreDeclaration {

    /** How far a declared distribution may be from a sum of 1. */
    static final double TOLERANCE = 0.01;

    static ScoreDeclaration of(ScoresAre scoresAre) {
        return switch (scoresAre) {
            case LOGITS -> new Logits();
            case LOG_PROBABILITIES -> new LogProbabilities();
            case PROBABILITIES -> new Probabilities();
        };
    }

    /** Makes scores logits, in place, or says why they are not what they are declared to be. */
    abstract @Nullable Fault toLogits(float[] scores);

    /** Looks at a valid reduced row. */
    abstract @Nullable Fault check(float[] logits, RowState state, RowKernel kernel);

    private static final class Logits extends ScoreDeclaration {
        @Override
        @Nullable Fault toLogits(float[] scores) {
            return null;
        }

        @Override
        @Nullable Fault check(float[] logits, RowState state, RowKernel kernel) {
            return null;
        }
    }

    private static final class LogProbabilities extends ScoreDeclaration {
        private final RowState untempered = new RowState(1, 1);

        @Override
        @Nullable Fault toLogits(float[] scores) {
            return null;
        }

        @Override
        @Nullable Fault check(float[] logits, RowState state, RowKernel kernel) {
            RowState row = state;
            if (state.temperature() != 1) {
                row = untempered;
                row.clear();
                kernel.reduce(logits, 0, logits.length, 0, row);
            }
            double logSum = row.logSumExp();
            return Math.abs(logSum) <= TOLERANCE
                    ? null
                    : new Fault(
                            FaultReason.NOT_AS_DECLARED,
                            "declared log-probabilities, but the logarithm of the sum of their exponentials is "
                                    + logSum
                                    + ", must be within "
                                    + TOLERANCE
                                    + " of 0");
        }
    }

    private static final class Probabilities extends ScoreDeclaration {
        @Override
        @Nullable Fault toLogits(float[] scores) {
            double sum = 0;
            for (int i = 0; i < scores.length; i++) {
                float p = scores[i];
                if (p < 0) {
                    return new Fault(
                            FaultReason.NOT_AS_DECLARED,
                            "declared probabilities, but scores["
                                    + i
                                    + "] is "
                                    + p
                                    + ", must be from 0 to 1");
                }
                sum += p;
            }
            if (Math.abs(sum - 1) > TOLERANCE && !Double.isInfinite(sum)) {
                return new Fault(
                        FaultReason.NOT_AS_DECLARED,
                        "declared probabilities, but their sum is "
                                + sum
                                + ", must be within "
                                + TOLERANCE
                                + " of 1");
            }
            for (int i = 0; i < scores.length; i++) {
                // NaN and +infinity stay what they are, and are refused with every other row's.
                scores[i] = (float) StrictMath.log(scores[i]);
            }
            return null;
        }

        @Override
        @Nullable Fault check(float[] logits, RowState state, RowKernel kernel) {
            return null;
        }
    }
}
