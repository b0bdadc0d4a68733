package io.logitstream.local;

import org.apache.kafka.common.utils.Exit;

/**
 * Thrown in place of ending the process, when the broker wants to end it while it starts.
 *
 * <p>An error, not an exception: the broker's code catches exceptions and tries again to end the
 * process.
 */
final class BrokerExit extends Error {

    private static final long serialVersionUID = 1L;

    private BrokerExit(int status, String message) {
        super(message == null ? "the broker wanted to exit with status " + status : message);
    }

    /** What ends the process belongs to the whole process, so only one action runs at a time. */
    static synchronized void forbidDuring(Runnable action) {
        Exit.Procedure refusal =
                (status, message) -> {
                    throw new BrokerExit(status, message);
                };
        Exit.setExitProcedure(refusal);
        Exit.setHaltProcedure(refusal);
        try {
            action.run();
        } finally {
            Exit.resetExitProcedure();
            Exit.resetHaltProcedure();
        }
    }
}
