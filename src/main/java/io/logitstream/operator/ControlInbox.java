package io.logitstream.operator;

import io.logitstream.record.ControlRecord;
import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** What a feed has said and its subtask has not taken yet. Thread-safe. */
final class ControlInbox implements ControlFeed.Listener {

    private final ConcurrentLinkedQueue<ControlRecord> records = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Exception failure;

    @Override
    public void record(ControlRecord record) {
        records.add(record);
    }

    @Override
    public void failed(Exception why) {
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
