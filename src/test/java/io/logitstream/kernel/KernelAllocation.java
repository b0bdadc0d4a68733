package io.logitstream.kernel;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;

/**
 * A process of its own: warms every loop of the kernel, in an order and with sizes that the seed
 * chooses, and then prints how many bytes each kind of call allocates. Whether a JVM keeps vectors
 * on the heap depends on what it compiled before.
 *
 * <p>Argument: the seed.
 */
final class KernelAllocation {

    private static final int[] SIZES = {5, 10, 16, 33, 100, 1000, 2048, 5000};
    private static final int CALLS = 3_000;
    private static final int MOST_TRIES = 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final RowKernel kernel = RowKernels.create();
    private final float[] plain = new float[5000];
    private final float[] masked = new float[5000];
    private float[] row = plain;
    private final float[] out = new float[5000];
    private final RowState logSumExp = new RowState(1, 0, EnumSet.of(RowState.Sums.LOG_SUM_EXP));
    private final RowState best = new RowState(1, 5, EnumSet.noneOf(RowState.Sums.class));
    private final RowState all = new RowState(0.3, 5, EnumSet.allOf(RowState.Sums.class));
    private final RowState plainReduced = new RowState(1, 0);
    private final RowState maskedReduced = new RowState(1, 0);
    private RowState reduced = plainReduced;

    /** A call, for rows of n classes. */
    private record Call(String name, java.util.function.IntConsumer code) {}

    private final List<Call> calls =
            new ArrayList<>(
                    List.of(
                            new Call("log-sum-exp", n -> reduce(n, logSumExp)),
                            new Call("top-k", n -> reduce(n, best)),
                            new Call("everything", n -> reduce(n, all)),
                            new Call("softmax", this::softmax),
                            new Call(
                                    "probabilities",
                                    n -> kernel.probabilitiesInto(row, 0, n, reduced, out, 0)),
                            new Call(
                                    "log-probabilities",
                                    n -> kernel.logProbabilitiesInto(row, 0, n, reduced, out, 0))));

    private KernelAllocation(Random random) {
        for (int i = 0; i < plain.length; i++) {
            plain[i] = random.nextFloat();
            masked[i] = random.nextInt(20) == 0 ? Float.NEGATIVE_INFINITY : plain[i];
        }
        kernel.reduce(plain, 0, plain.length, 0, plainReduced);
        kernel.reduce(masked, 0, masked.length, 0, maskedReduced);
        Collections.shuffle(calls, random);
    }

    private void reduce(int n, RowState state) {
        state.clear();
        kernel.reduce(row, 0, n, 0, state);
    }

    private void softmax(int n) {
        logSumExp.clear();
        kernel.softmaxInto(row, 0, n, logSumExp, out, 0);
    }

    public static void main(String[] args) {
        Random random = new Random(Long.parseLong(args[0]));
        KernelAllocation allocation = new KernelAllocation(random);
        for (int round = 0; round < 100; round++) {
            int n = SIZES[random.nextInt(SIZES.length)];
            allocation.take(random.nextBoolean());
            allocation.calls.forEach(call -> bytes(call, n));
        }
        System.out.println(RowKernels.description());
        allocation.take(false);
        allocation.print("plain");
        allocation.take(true);
        allocation.print("masked");
    }

    private void take(boolean isMasked) {
        row = isMasked ? masked : plain;
        reduced = isMasked ? maskedReduced : plainReduced;
    }

    private void print(String kind) {
        for (Call call : calls) {
            for (int n : SIZES) {
                // One call may allocate while the JVM replaces its code; what matters is the next.
                long least = bytes(call, n);
                for (int again = 0; again < MOST_TRIES && least > 0; again++) {
                    least = Math.min(least, bytes(call, n));
                }
                System.out.printf("%s of %d, %s: %d bytes%n", call.name(), n, kind, least);
            }
        }
    }

    private static long bytes(Call call, int n) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < CALLS; i++) {
            call.code().accept(n);
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
