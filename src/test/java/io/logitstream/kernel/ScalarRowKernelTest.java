package io.logitstream.kernel;

import org.junit.jupiter.api.Nested;

class ScalarRowKernelTest extends RowKernelContractTest {

    @Override
    RowKernel kernel() {
        return new ScalarRowKernel();
    }

    @Nested
    class AtTheEdge extends RowKernelEdgeContractTest {

        @Override
        RowKernel kernel() {
            return new ScalarRowKernel();
        }
    }
}
