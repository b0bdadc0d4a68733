package io.logitstream.operator;

import io.logitstream.codec.JsonLedgerEncoder;
import io.logitstream.record.LossTerm;
import io.logitstream.record.LossTerm.Kind;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;

/**
 * Counts in a subtask how many rows have no label yet, where the others and their labels ended, and
 * how late labels were. A row is joined once, even if another label takes the place of the first.
 */
final class JoinMetrics {

    private final Map<Kind, Counter> buckets = new EnumMap<>(Kind.class);
    private final Counter joined;
    private final Histogram delays;

    private volatile long waiting;
    private boolean isReplaced;

    /**
     * Creates the metrics of a subtask.
     *
     * @param waiting how many rows have no label yet
     */
    JoinMetrics(MetricGroup group, long waiting) {
        this.waiting = waiting;
        joined = JobMetric.ENDED.counter(group, "joined");
        for (Kind kind : Kind.values()) {
            if (kind.isLeftOver()) {
                String bucket = JsonLedgerEncoder.bucket(kind);
                buckets.put(kind, JobMetric.ENDED.counter(group, bucket));
            }
        }
        delays = JobMetric.LABEL_DELAY.histogram(group);
        JobMetric.ROWS_WAITING.gauge(this::waiting, group);
    }

    long waiting() {
        return waiting;
    }

    /** A row came that waits for its label. */
    void came() {
        add(1);
    }

    /** Something ended. */
    void ended(LossTerm term) {
        Counter bucket = buckets.get(term.kind());
        if (bucket != null) {
            bucket.inc();
            add(term.kind() == Kind.EXPIRED ? -1 : 0);
        } else if (term.sign() < 0) {
            isReplaced = true;
        } else if (isReplaced) {
            isReplaced = false;
        } else {
            joined.inc();
            delays.update(term.delayMillis());
            add(-1);
        }
    }

    /** Only the subtask's thread writes, so that nothing is lost in between. */
    private void add(long more) {
        waiting = waiting + more;
    }
}
