package io.logitstream.operator;

import io.logitstream.record.ControlRecord;
import java.io.Serializable;

/** Where a subtask hears of changes, from what its {@link ControlPlan} knows on. */
public interface ControlFeed extends Serializable {

    /**
     * Starts to listen, in a thread of its own.
     *
     * @param listener is told every record in its order, and why there will be no more; thread-safe
     */
    AutoCloseable open(Listener listener);

    /** Is told what comes. */
    interface Listener {
        /** A record was read. Waits until there is room for it. */
        void record(ControlRecord record) throws InterruptedException;

        /** Nothing can be read any more. */
        void failed(Throwable why);
    }
}
