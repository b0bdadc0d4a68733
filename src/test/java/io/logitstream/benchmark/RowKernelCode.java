package io.logitstream.benchmark;

import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowState;
import io.logitstream.kernel.RowState.Sums;
import io.logitstream.kernel.SparseRow;
import java.util.EnumSet;
import java.util.Set;

/** A case computed by one of our kernels. */
final class RowKernelCode implements CaseCode {

    private final KernelCase of;
    private final RowKernel kernel;
    private final float[] rows;
    private final float[] out;
    private final int label;
    private final RowState state;
    private final SparseRow sparse;

    RowKernelCode(KernelCase of, RowKernel kernel, float[] rows, int label, int best) {
        this.of = of;
        this.kernel = kernel;
        this.rows = rows;
        this.out = new float[rows.length];
        this.label = label;
        int power = of.kernel().sparsePower();
        this.sparse = power == 0 ? null : new SparseRow(power, 1);
        Set<Sums> sums =
                of.kernel() == KernelCase.Kernel.topK || power > 0
                        ? EnumSet.noneOf(Sums.class)
                        : EnumSet.of(Sums.LOG_SUM_EXP);
        boolean ranks =
                of.kernel() == KernelCase.Kernel.topK
                        || of.kernel() == KernelCase.Kernel.logSumExpTopK
                        || power > 0;
        this.state = new RowState(1, ranks ? best : 0, sums);
        kernel.reduce(rows, rows.length - of.k(), rows.length, 0, state);
    }

    @Override
    public double run() {
        double result = 0;
        for (int from = 0; from < rows.length; from += of.k()) {
            result += row(from, from + of.k());
        }
        return result;
    }

    private double row(int from, int to) {
        switch (of.kernel()) {
            case probabilities -> {
                kernel.probabilitiesInto(rows, from, to, state, out, from);
                return out[from];
            }
            case softmax -> {
                state.clear();
                kernel.softmaxInto(rows, from, to, state, out, from);
                return out[from];
            }
            default -> {
                state.clear();
                kernel.reduce(rows, from, to, 0, state);
                state.setLabelScore(rows[from + label]);
                if (sparse != null) {
                    sparse.become(kernel, rows, from, to, state.topK().score(0));
                }
                return figure();
            }
        }
    }

    private double figure() {
        return switch (of.kernel()) {
            case crossEntropy -> state.crossEntropy();
            case topK -> state.topK().score(state.topK().size() - 1);
            case sparsemaxTopK, entmax15TopK -> sparse.probability(state.topK().score(0));
            default -> state.logSumExp();
        };
    }

    @Override
    public double check() {
        return switch (of.kernel()) {
            case softmax, probabilities -> PlainCode.sumOfSquares(out, out.length - of.k());
            default -> figure();
        };
    }
}
