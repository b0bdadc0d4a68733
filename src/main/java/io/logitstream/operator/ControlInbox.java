package io.logitstream.operator;

import io.logitstream.record.ControlRecord;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a feed has said and its subtask has not taken yet, a bounded number. Thread-safe. */
final class ControlInbox implements ControlFeed.Listener {

    private static final int MOST = 100;
    private static final long WAIT_MILLIS = 100;

    private final BlockingQueue<ControlRecord> records = new ArrayBlockingQueue<>(MOST);
    private volatile @Nullable Throwable failure;
    private volatile boolean isClosed;

    @Override
    public void record(ControlRecord record) throws InterruptedException {
        while (!isClosed && !records.offer(record, WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
            // Until there is room, or nobody who would make some.
        }
    }

    /** From now on nobody takes what is said. */
    void close() {
        isClosed = true;
    }

    @Override
    public void failed(Throwable why) {
        failure = why;
    }

    /**
     * Returns the next record, null if there is none yet.
     *
     * @throws IOException if there will be no more
     */
    @Nullable ControlRecord next() throws IOException {
        ControlRecord next = records.poll();
        if (next == null && failure != null) {
            throw new IOException("changes of models cannot be read any more", failure);
        }
        return next;
    }
}
