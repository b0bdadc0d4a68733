package io.logitstream.record;

import io.logitstream.kernel.Float16;
import io.logitstream.kernel.RowLoss;
import io.logitstream.kernel.RowState;
import io.logitstream.kernel.RowSummary;
import io.logitstream.kernel.TopK;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A classified row without a label, with what any label needs to be judged.
 *
 * @param model the model's name
 * @param id the row's id
 * @param segment the row's segment, or null
 * @param timestampMillis event time, or {@link RawRecord#NO_TIMESTAMP}
 * @param weight the row's weight
 * @param summary the reduced row
 * @param sumTo the most that the summary's sum, which is the least, can be
 * @param topClasses the best classes, best first; not to be modified, like the other arrays
 * @param topScores their scores, before the temperature
 * @param least the least score that is not masked, if not all scores are kept
 * @param unmasked how many classes are not masked
 * @param masked how many are
 * @param form how the scores are kept
 * @param scores the kept scores, little-endian; empty for {@link Keep.Form#TOP}
 * @param loss how its label will count, but for the weight of its class
 */
public record WaitingRow(
        String model,
        String id,
        @Nullable String segment,
        long timestampMillis,
        double weight,
        RowSummary summary,
        double sumTo,
        int[] topClasses,
        float[] topScores,
        float least,
        int unmasked,
        int masked,
        Keep.Form form,
        byte[] scores,
        RowLoss loss) {

    private static final byte[] NO_SCORES = new byte[0];

    /**
     * Keeps a row.
     *
     * @param row the record; its scores are logits
     * @param state what it was reduced to, with at least {@code keep.best()} best classes if there
     *     are so many
     * @param summary what is needed to judge its label
     * @param keep what to keep
     * @param loss how its label will count
     */
    public static WaitingRow of(
            ScoreRecord row, RowState state, RowSummary summary, Keep keep, RowLoss loss) {
        float max = state.topK().score(0);
        return of(
                row,
                state,
                summary,
                keep.best(),
                keep.form(),
                keep.form() == Keep.Form.TOP ? leastOf(row.scores()) : max,
                bytes(row.scores(), max, keep.form()),
                loss);
    }

    private static WaitingRow of(
            ScoreRecord row,
            RowState state,
            RowSummary summary,
            int mostKept,
            Keep.Form form,
            float least,
            byte[] scores,
            RowLoss loss) {
        TopK best = state.topK();
        int kept = Math.min(best.size(), mostKept);
        int[] topClasses = new int[kept];
        float[] topScores = new float[kept];
        for (int rank = 0; rank < kept; rank++) {
            topClasses[rank] = best.classAt(rank);
            topScores[rank] = best.score(rank);
        }
        int masked = (int) state.masked();
        return new WaitingRow(
                row.model(),
                row.id(),
                row.segment(),
                row.timestampMillis(),
                row.weight(),
                summary,
                summary.sum(),
                topClasses,
                topScores,
                least,
                (int) state.classes() - masked,
                masked,
                form,
                scores,
                loss);
    }

    /**
     * Keeps all best classes that a state holds, of a row whose scores are somewhere else.
     *
     * @param row the record, whatever its scores
     * @param least the least score of the row that is not masked
     * @param loss how its label will count
     */
    public static WaitingRow ofBest(ScoreRecord row, RowState state, float least, RowLoss loss) {
        return of(
                row,
                state,
                state.summary(),
                state.topK().size(),
                Keep.Form.TOP,
                least,
                NO_SCORES,
                loss);
    }

    /** Creates a row of which only the best classes are known. */
    public WaitingRow(
            String model,
            String id,
            @Nullable String segment,
            long timestampMillis,
            double weight,
            RowSummary summary,
            double sumTo,
            int[] topClasses,
            float[] topScores,
            float least,
            int unmasked,
            int masked,
            RowLoss loss) {
        this(
                model,
                id,
                segment,
                timestampMillis,
                weight,
                summary,
                sumTo,
                topClasses,
                topScores,
                least,
                unmasked,
                masked,
                Keep.Form.TOP,
                NO_SCORES,
                loss);
    }

    /** Returns the least score that is not masked, +infinity if all are. */
    public static float leastOf(float[] scores) {
        float least = Float.POSITIVE_INFINITY;
        for (float score : scores) {
            least = score == Float.NEGATIVE_INFINITY ? least : Math.min(least, score);
        }
        return least;
    }

    private static byte[] bytes(float[] scores, float max, Keep.Form form) {
        int each = bytesPerScore(form);
        ByteBuffer out = ByteBuffer.allocate(each * scores.length).order(ByteOrder.LITTLE_ENDIAN);
        switch (form) {
            case FLOAT32 -> out.asFloatBuffer().put(scores);
            case FLOAT16 -> {
                for (float score : scores) {
                    // Only a masked class is below the others without end.
                    boolean isFar = score - max < -Float.MAX_VALUE && score >= -Float.MAX_VALUE;
                    out.putShort(Float16.bitsOf(isFar ? -Float.MAX_VALUE : score - max));
                }
            }
            case TOP -> {}
        }
        return out.array();
    }

    private static int bytesPerScore(Keep.Form form) {
        return switch (form) {
            case FLOAT32 -> Float.BYTES;
            case FLOAT16 -> Short.BYTES;
            case TOP -> 0;
        };
    }

    /** Returns how many classes the row has. */
    public int numClasses() {
        return unmasked + masked;
    }

    /** Returns the class with the largest score. */
    public int predictedClass() {
        return topClasses[0];
    }

    /**
     * Judges a label.
     *
     * @param label a class of the model
     * @param classWeight what the loss of this class is weighted with
     */
    public LabelFigures judge(int label, double classWeight) {
        for (int rank = 0; rank < topClasses.length; rank++) {
            if (topClasses[rank] == label) {
                return ofKnownScore(label, topScores[rank], rank, classWeight);
            }
        }
        // One that is masked, or that the model did not have when the row came.
        if (topClasses.length == unmasked || label >= numClasses()) {
            return LabelFigures.of(label, Float.NEGATIVE_INFINITY, -1, summary, loss, classWeight);
        }
        int at = label * bytesPerScore(form);
        if (form != Keep.Form.TOP && at < scores.length) {
            ByteBuffer kept = ByteBuffer.wrap(scores).order(ByteOrder.LITTLE_ENDIAN);
            float score =
                    form == Keep.Form.FLOAT32
                            ? kept.getFloat(at)
                            : summary.max() + Float16.valueOf(kept.getShort(at));
            return LabelFigures.of(label, score, -1, summary, loss, classWeight);
        }
        float highest = topScores[topScores.length - 1];
        if (masked == 0 && highest == least) {
            return LabelFigures.of(label, least, -1, summary, loss, classWeight);
        }
        return LabelFigures.between(
                label,
                masked > 0 ? Float.NEGATIVE_INFINITY : least,
                highest,
                sumTo == summary.sum() ? summary : withOneMore(highest),
                loss,
                classWeight);
    }

    private LabelFigures ofKnownScore(int label, float score, int rank, double classWeight) {
        LabelFigures figures = LabelFigures.of(label, score, rank, summary, loss, classWeight);
        return sumTo == summary.sum()
                ? figures
                : figures.upTo(loss.nats(summary.withSum(sumTo), score));
    }

    /** The least sum of a row where one of the other classes has a score. */
    private RowSummary withOneMore(float score) {
        double below = ((double) score - summary.max()) / summary.temperature();
        return summary.withSum(summary.sum() + StrictMath.exp(below));
    }

    /** Returns the largest probability, the middle of its bounds if it is not known. */
    public double confidence() {
        return (summary.confidence() + 1 / sumTo) / 2;
    }

    /** Returns how many of the best classes are known. */
    public Certainty certainty() {
        return topClasses.length == unmasked || topClasses.length >= LabelFigures.RANKS
                ? Certainty.FULL
                : new Certainty(topClasses.length, 0, false, 0);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WaitingRow that
                && model.equals(that.model)
                && id.equals(that.id)
                && Objects.equals(segment, that.segment)
                && timestampMillis == that.timestampMillis
                && Double.compare(weight, that.weight) == 0
                && summary.equals(that.summary)
                && Double.compare(sumTo, that.sumTo) == 0
                && Arrays.equals(topClasses, that.topClasses)
                && Arrays.equals(topScores, that.topScores)
                && Float.compare(least, that.least) == 0
                && unmasked == that.unmasked
                && masked == that.masked
                && form == that.form
                && Arrays.equals(scores, that.scores)
                && loss.equals(that.loss);
    }

    @Override
    public int hashCode() {
        return Objects.hash(model, id, timestampMillis);
    }

    @Override
    public String toString() {
        return "WaitingRow[" + model + ", " + id + ", " + form + "]";
    }
}
