package io.logitstream.operator;

import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowState;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * Holds a row to what its model's scores are declared to be. A distribution may miss a sum of 1 by
 * {@link #TOLERANCE}, which leaves room for float16 models with many classes and none for logits.
 * Of a row in shards each one is made logits and weighed, and their masses are checked together.
 * Not thread-safe.
 */
abstract sealed class ScoreDeclaration {

    /** How far a declared distribution may be from a sum of 1. */
    static final double TOLERANCE = 0.01;

    static ScoreDeclaration of(ModelSpec model) {
        return switch (model.scoresAre()) {
            case LOGITS -> new Logits();
            case LOG_PROBABILITIES ->
                    new LogProbabilities(
                            model.temperature() == 1 && !model.normalizer().isSparse());
            case PROBABILITIES -> new Probabilities();
        };
    }

    /** Makes scores logits, in place, or says why they are not what they are declared to be. */
    abstract @Nullable Fault toLogits(float[] scores);

    /**
     * Returns what a valid reduced row, or shard of one, adds to the sum of the probabilities.
     *
     * @param logits what {@link #toLogits} made last
     */
    abstract double mass(float[] logits, RowState state, RowKernel kernel);

    /** Looks at the mass of a whole row. */
    abstract @Nullable Fault check(double mass);

    /** Looks at the mass of a part of a row. */
    @Nullable Fault checkPart(double mass) {
        return mass <= 1 ? null : check(mass);
    }

    private static @Nullable Fault checkSum(double mass, String declared, String which) {
        return Math.abs(mass - 1) <= TOLERANCE
                ? null
                : new Fault(
                        FaultReason.NOT_AS_DECLARED,
                        "declared %s, but %s is %s, must be within %s of 1"
                                .formatted(declared, which, mass, TOLERANCE));
    }

    private static final class Logits extends ScoreDeclaration {
        @Override
        @Nullable Fault toLogits(float[] scores) {
            return null;
        }

        @Override
        double mass(float[] logits, RowState state, RowKernel kernel) {
            return 0;
        }

        @Override
        @Nullable Fault check(double mass) {
            return null;
        }
    }

    private static final class LogProbabilities extends ScoreDeclaration {
        private final RowState untempered = new RowState(1, 1);
        private final boolean hasSum;

        /**
         * @param hasSum whether rows are reduced with their sum, and not divided
         */
        LogProbabilities(boolean hasSum) {
            this.hasSum = hasSum;
        }

        @Override
        @Nullable Fault toLogits(float[] scores) {
            return null;
        }

        @Override
        double mass(float[] logits, RowState state, RowKernel kernel) {
            RowState row = state;
            if (!hasSum) {
                row = untempered;
                row.clear();
                kernel.reduce(logits, 0, logits.length, 0, row);
            }
            return StrictMath.exp(row.logSumExp());
        }

        @Override
        @Nullable Fault check(double mass) {
            return checkSum(mass, "log-probabilities", "the sum of their exponentials");
        }
    }

    private static final class Probabilities extends ScoreDeclaration {
        private double sum;

        @Override
        @Nullable Fault toLogits(float[] scores) {
            sum = 0;
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
                // NaN and +infinity stay what they are, and are refused with every other row's.
                scores[i] = (float) StrictMath.log(p);
            }
            return null;
        }

        @Override
        double mass(float[] logits, RowState state, RowKernel kernel) {
            return sum;
        }

        @Override
        @Nullable Fault check(double mass) {
            return checkSum(mass, "probabilities", "their sum");
        }
    }
}
