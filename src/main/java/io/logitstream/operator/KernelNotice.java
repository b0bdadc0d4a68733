package io.logitstream.operator;

import io.logitstream.kernel.RowKernels;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one line of the log that says which kernel this process computes with. */
public final class KernelNotice {

    private static final Logger LOG = LoggerFactory.getLogger(KernelNotice.class);
    private static final AtomicBoolean GIVEN = new AtomicBoolean();

    private KernelNotice() {}

    /** Logs the line, the first time it is called. */
    public static void giveOnce() {
        if (GIVEN.compareAndSet(false, true)) {
            LOG.info("{}", RowKernels.description());
        }
    }
}
