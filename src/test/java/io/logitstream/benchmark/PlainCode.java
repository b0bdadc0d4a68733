package io.logitstream.benchmark;

import java.util.Arrays;

/**
 * A case as one writes it by hand: a loop for the maximum, {@code Math.exp}, a short list that is
 * kept sorted. Also what the others are checked against.
 */
final class PlainCode implements CaseCode {

    private final KernelCase of;
    private final float[] rows;
    private final float[] out;
    private final int label;
    private final float[] best;
    private double figure;

    PlainCode(KernelCase of, float[] rows, int label, int best) {
        this.of = of;
        this.rows = rows;
        this.out = new float[rows.length];
        this.label = label;
        this.best = new float[Math.min(best, of.k())];
    }

    static double sumOfSquares(float[] probabilities, int from) {
        double sum = 0;
        for (int i = from; i < probabilities.length; i++) {
            sum += (double) probabilities[i] * probabilities[i];
        }
        return sum;
    }

    @Override
    public double run() {
        for (int from = 0; from < rows.length; from += of.k()) {
            row(from, from + of.k());
        }
        return figure;
    }

    private void row(int from, int to) {
        switch (of.kernel()) {
            case softmax, probabilities -> softmax(from, to);
            case logSumExp -> figure = logSumExp(from, to);
            case crossEntropy -> figure = logSumExp(from, to) - rows[from + label];
            case topK -> figure = kthBest(from, to);
            case sparsemaxTopK, entmax15TopK -> {
                kthBest(from, to);
                figure = largestBySorting(from, to, of.kernel().sparsePower());
            }
            case logSumExpTopK -> {
                kthBest(from, to);
                figure = logSumExp(from, to);
            }
        }
    }

    private float max(int from, int to) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            max = Math.max(max, rows[i]);
        }
        return max;
    }

    private double logSumExp(int from, int to) {
        float max = max(from, to);
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += Math.exp(rows[i] - max);
        }
        return max + Math.log(sum);
    }

    private void softmax(int from, int to) {
        float max = max(from, to);
        double sum = 0;
        for (int i = from; i < to; i++) {
            double e = Math.exp(rows[i] - max);
            out[i] = (float) e;
            sum += e;
        }
        float factor = (float) (1 / sum);
        for (int i = from; i < to; i++) {
            out[i] *= factor;
        }
    }

    /** The largest probability of a sparse distribution, whose threshold a full sort finds. */
    private double largestBySorting(int from, int to, int power) {
        float[] sorted = Arrays.copyOfRange(rows, from, to);
        Arrays.sort(sorted);
        float max = sorted[sorted.length - 1];
        double sum = 0;
        double squares = 0;
        double tau = 0;
        for (int k = 1; k <= sorted.length; k++) {
            double u = ((double) sorted[sorted.length - k] - max) / power;
            sum += u;
            squares += u * u;
            double scatter = squares - sum * sum / k;
            double next =
                    power == 1 ? (sum - 1) / k : sum / k - Math.sqrt(Math.max(0, 1 - scatter) / k);
            if (next > u) {
                break;
            }
            tau = next;
        }
        return Math.pow(-tau, power);
    }

    private float kthBest(int from, int to) {
        int size = 0;
        for (int i = from; i < to; i++) {
            float x = rows[i];
            if (size == best.length && !(x > best[size - 1])) {
                continue;
            }
            int at = size < best.length ? size++ : size - 1;
            while (at > 0 && best[at - 1] < x) {
                best[at] = best[--at];
            }
            best[at] = x;
        }
        return best[size - 1];
    }

    @Override
    public double check() {
        return switch (of.kernel()) {
            case softmax, probabilities -> sumOfSquares(out, out.length - of.k());
            default -> figure;
        };
    }
}
