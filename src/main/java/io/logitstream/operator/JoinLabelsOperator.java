package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.record.Label;
import io.logitstream.record.LabelKey;
import io.logitstream.record.LossTerm;
import io.logitstream.record.PackedRow;
import java.time.Duration;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;

/**
 * Runs {@link JoinLabelsFunction}, and lets a checkpoint pass between its timers where the job's
 * settings ask for that: a jump of event time may end the wait of a million rows at once.
 *
 * <p>If event time has stood still, since it moved or the job was started, for a week of wall-clock
 * time beyond twice the wait, what is held then is given as long again, and then ends as if its
 * time had come: it stands in the ledger as expired or orphan. So again each time as much has
 * passed. A time to live for each state would bound it too, but would drop without a word, count
 * the time that the job is stopped, and cost a fifth of the join.
 */
public final class JoinLabelsOperator
        extends KeyedCoProcessOperator<LabelKey, PackedRow, Label, LossTerm> {

    private static final long serialVersionUID = 1L;

    private static final Duration GRACE = Duration.ofDays(7);

    /** The timers of {@link KeyedCoProcessOperator}. */
    private static final String TIMERS = "user-timers";

    private final JoinLabelsFunction function;
    private final long patienceMillis;

    private transient InternalTimerService<VoidNamespace> timers;
    private transient long movedAtMillis;
    private transient boolean isLast;

    /** Creates the operator of a job with labels. */
    public JoinLabelsOperator(JobFile job) {
        this(new JoinLabelsFunction(job), job);
    }

    private JoinLabelsOperator(JoinLabelsFunction function, JobFile job) {
        super(function);
        this.function = function;
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
        lookAgain(movedAtMillis);
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

    @Override
    public void processWatermark2(Watermark mark) throws Exception {
        function.labelsPassed(mark.getTimestamp());
        super.processWatermark2(mark);
    }

    private void lookAgain(long fromMillis) {
        getProcessingTimeService().registerTimer(fromMillis + patienceMillis, this::onPatience);
    }

    /** Gives what is held as long again as event time has stood still already. */
    private void onPatience(long nowMillis) throws Exception {
        if (nowMillis < movedAtMillis + patienceMillis) {
            lookAgain(movedAtMillis);
            return;
        }
        long due = nowMillis + patienceMillis;
        getKeyedStateBackend()
                .applyToAllKeys(
                        VoidNamespace.INSTANCE,
                        VoidNamespaceSerializer.INSTANCE,
                        JoinLabelsFunction.memory(),
                        (key, memory) ->
                                timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, due));
        lookAgain(nowMillis);
    }

    /** Ends what is held, unless event time has moved since, or the job was started again. */
    @Override
    public void onProcessingTime(InternalTimer<LabelKey, VoidNamespace> timer) throws Exception {
        if (movedAtMillis <= timer.getTimestamp() - 2 * patienceMillis) {
            super.onProcessingTime(timer);
        }
    }
}
