package io.logitstream.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * The cases computed by torch, single-threaded, through DJL. Log-sum-exp is composed of the
 * operations that torch's own is made of: maximum, difference, exponential, sum, logarithm, sum.
 */
public final class TorchPeer implements Peer {

    static {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("ai.djl.pytorch.num_threads", "1");
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        System.setProperty("DJL_CACHE_DIR", "target/djl");
        System.setProperty("ENGINE_CACHE_DIR", "target/djl");
        System.setProperty("OPT_OUT_TRACKING", "true");
    }

    /** For the service loader. */
    public TorchPeer() {}

    @Override
    public CaseCode code(KernelCase of, float[] rows, int label, int best) {
        return new TorchCode(of, rows, label, best);
    }

    private static final class TorchCode implements CaseCode {

        private static final int[] LAST = {1};

        private final KernelCase of;
        private final int best;
        private final int label;
        private final NDManager manager = NDManager.newBaseManager("PyTorch");
        private final NDArray rows;
        private NDArray result;

        TorchCode(KernelCase of, float[] rows, int label, int best) {
            this.of = of;
            this.best = Math.min(best, of.k());
            this.label = label;
            this.rows = manager.create(rows, new Shape(of.batch(), of.k()));
        }

        @Override
        public double run() {
            if (result != null) {
                result.close();
            }
            switch (of.kernel()) {
                case softmax, probabilities -> result = rows.softmax(1);
                case logSumExp -> result = logSumExp();
                case crossEntropy -> {
                    NDArray scores = rows.get(":, " + label + ":" + (label + 1));
                    NDArray logSum = logSumExp();
                    result = logSum.sub(scores);
                    logSum.close();
                    scores.close();
                }
                case topK -> result = topK();
                case logSumExpTopK -> {
                    NDArray probabilities = rows.softmax(1);
                    result = topK();
                    probabilities.close();
                }
            }
            return 0;
        }

        private NDArray topK() {
            var values = rows.topK(best, 1, true, true);
            values.get(1).close();
            return values.get(0);
        }

        private NDArray logSumExp() {
            NDArray max = rows.max(LAST, true);
            NDArray gaps = rows.sub(max);
            NDArray terms = gaps.exp();
            NDArray sum = terms.sum(LAST, true);
            NDArray log = sum.log();
            NDArray logSum = log.add(max);
            max.close();
            gaps.close();
            terms.close();
            sum.close();
            log.close();
            return logSum;
        }

        @Override
        public double check() {
            float[] values = result.toFloatArray();
            return switch (of.kernel()) {
                case softmax, probabilities ->
                        PlainCode.sumOfSquares(values, values.length - of.k());
                case logSumExpTopK -> Double.NaN;
                default -> values[values.length - 1];
            };
        }

        @Override
        public void close() {
            manager.close();
        }
    }
}
