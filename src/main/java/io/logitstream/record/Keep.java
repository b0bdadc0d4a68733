package io.logitstream.record;

import java.io.Serializable;

/**
 * What a row that waits for its label keeps of its scores, beside its {@link
 * io.logitstream.kernel.RowSummary} and its best classes.
 *
 * <table>
 * <caption>For K classes</caption>
 * <tr><th>form</th><th>bytes</th><th>the loss of a label</th></tr>
 * <tr><td>float32</td><td>4 K</td><td>exact: the bits of a label that came with the row</td></tr>
 * <tr><td>float16</td><td>2 K</td><td>exact for the best {@link LabelFigures#RANKS} classes; else off by at
 * most {@code 2^-11} of the difference to the largest score, over the temperature, or by {@code
 * 2^-25} over the temperature, whichever is more, with a focal loss times up to 1.5; differences beyond
 * 65,504 count as that</td></tr>
 * <tr><td>top(M)</td><td>8 M</td><td>exact for the best M classes, else between two bounds: the score is at
 * most the M-th best and at least the least of the row</td></tr>
 * </table>
 *
 * <p>Accuracy and calibration are exact in every form.
 *
 * @param form how
 * @param best how many best classes are kept with their scores, at least {@link
 *     LabelFigures#RANKS}; M for {@link Form#TOP}
 */
public record Keep(Form form, int best) implements Serializable {

    /** How scores are kept. */
    public enum Form {
        /** All of them. */
        FLOAT32,
        /** All of them, as differences to the largest, rounded. */
        FLOAT16,
        /** The best M and the least. */
        TOP;

        private static final Form[] ALL = values();

        /** Returns the form of this ordinal, which stands in savepoints. */
        static Form of(int ordinal) {
            return ALL[ordinal];
        }
    }

    public Keep {
        if (best < LabelFigures.RANKS) {
            throw new IllegalArgumentException(
                    "at least %d best classes must be kept, not %d"
                            .formatted(LabelFigures.RANKS, best));
        }
    }

    /** Keeps all scores as they are. */
    public static final Keep FLOAT32 = new Keep(Form.FLOAT32, LabelFigures.RANKS);

    /** Keeps all scores, rounded. */
    public static final Keep FLOAT16 = new Keep(Form.FLOAT16, LabelFigures.RANKS);

    /** Keeps the best scores. */
    public static Keep top(int best) {
        return new Keep(Form.TOP, best);
    }

    @Override
    public String toString() {
        return switch (form) {
            case FLOAT32 -> "float32";
            case FLOAT16 -> "float16";
            case TOP -> "top(" + best + ")";
        };
    }
}
