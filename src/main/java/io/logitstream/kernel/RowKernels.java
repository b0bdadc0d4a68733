package io.logitstream.kernel;

import java.lang.reflect.Method;
import java.util.Locale;

/**
 * Chooses the kernel of this JVM, once: SIMD where the module {@code jdk.incubator.vector} was
 * added and the machine has vectors, else scalar. Both return the same bits. The system property
 * {@value #PROPERTY} forces one; forced and unavailable is an error.
 */
public final class RowKernels {

    /** Names the kernel to use: {@code auto} (the default), {@code simd} or {@code scalar}. */
    public static final String PROPERTY = "logitstream.kernel";

    private static final String ADD_MODULE = "--add-modules jdk.incubator.vector";

    private static final Choice CHOICE = choose(System.getProperty(PROPERTY, "auto"));

    private RowKernels() {}

    /**
     * What was chosen.
     *
     * @param name {@code simd} or {@code scalar}
     * @param loops the loops
     * @param reason one sentence that names the kernel and the flag that would change it
     */
    private record Choice(String name, LaneLoops loops, String reason) {}

    /** Returns a new kernel of the chosen kind. */
    public static RowKernel create() {
        return new RowKernel(CHOICE.loops());
    }

    /** Returns a new scalar kernel, whatever was chosen. */
    public static RowKernel createScalar() {
        return new RowKernel(new ScalarLaneLoops());
    }

    /** Returns the name of the chosen kernel, {@code simd} or {@code scalar}. */
    public static String chosen() {
        return CHOICE.name();
    }

    /** Returns one sentence for the log: which kernel runs, and which flag would change that. */
    public static String description() {
        return CHOICE.reason();
    }

    private static Choice choose(String wanted) {
        return switch (wanted.toLowerCase(Locale.ROOT)) {
            case "auto" -> {
                try {
                    yield simd("-D" + PROPERTY + "=scalar turns it off");
                } catch (UnsupportedOperationException e) {
                    yield scalar(e.getMessage());
                }
            }
            case "simd" -> simd("forced by -D" + PROPERTY);
            case "scalar" -> scalar("forced by -D" + PROPERTY);
            default ->
                    throw new IllegalArgumentException(
                            "-D"
                                    + PROPERTY
                                    + "="
                                    + wanted
                                    + ": no such kernel; allowed are auto, simd and scalar");
        };
    }

    private static Choice scalar(String why) {
        return new Choice("scalar", new ScalarLaneLoops(), "scalar softmax kernel: " + why);
    }

    private static Choice simd(String note) {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new UnsupportedOperationException(
                    "the SIMD kernel needs the JVM flag " + ADD_MODULE);
        }
        try {
            // By name: without the module the class does not exist for this JVM.
            Method create =
                    Class.forName("io.logitstream.kernel.simd.SimdLaneLoops")
                            .getMethod("create", LaneLoops.class);
            LaneLoops loops = (LaneLoops) create.invoke(null, new ScalarLaneLoops());
            return new Choice("simd", loops, "SIMD softmax kernel, " + loops + " (" + note + ")");
        } catch (ReflectiveOperationException | LinkageError e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new UnsupportedOperationException("no SIMD kernel: " + cause.getMessage(), e);
        }
    }
}
