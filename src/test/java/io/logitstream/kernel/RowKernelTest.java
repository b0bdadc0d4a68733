package io.logitstream.kernel;

import io.logitstream.kernel.simd.SimdLaneLoops;
import org.junit.jupiter.api.Nested;

/** Both kernels against both contracts. */
class RowKernelTest {

    private static RowKernel scalar() {
        return RowKernels.createScalar();
    }

    private static RowKernel simd() {
        return new RowKernel(SimdLaneLoops.create(new ScalarLaneLoops()));
    }

    @Nested
    class Scalar extends RowKernelContractTest {
        @Override
        RowKernel kernel() {
            return scalar();
        }
    }

    @Nested
    class ScalarAtTheEdge extends RowKernelEdgeContractTest {
        @Override
        RowKernel kernel() {
            return scalar();
        }
    }

    @Nested
    class Simd extends RowKernelContractTest {
        @Override
        RowKernel kernel() {
            return simd();
        }
    }

    @Nested
    class SimdAtTheEdge extends RowKernelEdgeContractTest {
        @Override
        RowKernel kernel() {
            return simd();
        }
    }
}
