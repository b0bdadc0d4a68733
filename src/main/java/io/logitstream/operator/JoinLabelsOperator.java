package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.record.Label;
import io.logitstream.record.LabelKey;
import io.logitstream.record.LossTerm;
import io.logitstream.record.PackedRow;
import java.time.Duration;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;

/**
 * Runs {@link JoinLabelsFunction}, and lets a checkpoint pass between its timers where the job's
 * settings ask for that: a jump of event time may end the wait of a million rows at once.
 *
 * <p>If event time stands still for a week of wall-clock time beyond twice the wait, what is held
 * then ends as if its time had come, and stands in the ledger as expired or orphan; so again each
 * time as much has passed. A time to live for each state would bound it too, but would drop without
 * a word, count the time that the job is stopped, and cost a fifth of the join.
 */
public final class JoinLabelsOperator
        extends KeyedCoProcessOperator<LabelKey, PackedRow, Label, LossTerm> {

    private static final long serialVersionUID = 1L;

    private static final Duration GRACE = Duration.ofDays(7);

    /** The timers of {@link KeyedCoProcessOperator}. */
    private static final String TIMERS = "user-timers";

    private final long patienceMillis;

    private transient InternalTimerService<VoidNamespace> timers;
    private transient long movedAtMillis;
    private transient boolean isLast;

    /** Creates the operator of a job with labels. */
    public JoinLabelsOperator(JobFile job) {
        super(new JoinLabelsFunction(job));
        long behindMillis = job.shards() == null ? 0 : job.shards().waitMillis();
        patienceMillis = 2 * job.labels().waitMillis() + behindMillis + GRACE.toMillis();
    }

    @Override
    public boolean useInterruptibleTimers() {
        return true;
    }

    @Override
    public void open() throws Exception {
        super.open();
        timers = getInternalTimerService(TIMERS, VoidNamespaceSerializer.INSTANCE, this);
        movedAtMillis = getProcessingTimeService().getCurrentProcessingTime();
        lookAgain();
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        movedAtMillis = getProcessingTimeService().getCurrentProcessingTime();
        isLast = mark.getTimestamp() == Watermark.MAX_WATERMARK.getTimestamp();
        super.processWatermark(mark);
    }

    /** Timers of the last watermark that gave way would fire behind the end (FLINK-39481). */
    @Override
    public void finish() throws Exception {
        if (isLast) {
            getTimeServiceManager().orElseThrow().advanceWatermark(Watermark.MAX_WATERMARK);
            output.emitWatermark(Watermark.MAX_WATERMARK);
        }
        super.finish();
    }

    private void lookAgain() {
        getProcessingTimeService().registerTimer(movedAtMillis + patienceMillis, this::onPatience);
    }

    private void onPatience(long nowMillis) throws Exception {
        if (nowMillis >= movedAtMillis + patienceMillis) {
            movedAtMillis = nowMillis;
            getKeyedStateBackend()
                    .applyToAllKeys(
                            VoidNamespace.INSTANCE,
                            VoidNamespaceSerializer.INSTANCE,
                            JoinLabelsFunction.memory(),
                            (key, memory) ->
                                    timers.registerProcessingTimeTimer(
                                            VoidNamespace.INSTANCE, nowMillis));
        }
        lookAgain();
    }
}
