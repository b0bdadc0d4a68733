package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.kernel.RowKernels;
import io.logitstream.record.Fault;
import io.logitstream.record.Header;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RowNorm;
import io.logitstream.record.ShardKey;
import io.logitstream.record.ShardScores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Makes each shard of a row its part of the distribution, once the row is merged; dead letters are
 * a side output.
 *
 * <p>State per shard: its scores, 4 bytes each, until its row is complete; of rows that are
 * refused, and of shards that come twice, for three times the wait.
 */
public final class DistributeShardsFunction
        extends KeyedCoProcessFunction<ShardKey, ShardScores, RowNorm, OutputRecord> {

    private static final long serialVersionUID = 1L;

    private final ScoringPlan plan;
    private final long waitMillis;
    private final OutputLimit limit;

    private transient ValueState<ShardScores> waiting;
    private transient ValueState<RowNorm> norms;
    private transient ShardDistribution distribution;
    private transient DeadLetters deadLetters;
    private transient ModelMetrics metrics;

    /** Creates the function of a job that takes shards and gives whole distributions. */
    public DistributeShardsFunction(JobFile job, OutputLimit limit) {
        this.plan = ScoringPlan.of(job);
        this.waitMillis = job.shards().waitMillis();
        this.limit = limit;
    }

    @Override
    public void open(OpenContext context) {
        waiting =
                getRuntimeContext()
                        .getState(
                                new ValueStateDescriptor<>(
                                        StateIds.SHARD_SCORES,
                                        TypeInformation.of(ShardScores.class)));
        norms =
                getRuntimeContext()
                        .getState(
                                new ValueStateDescriptor<>(
                                        StateIds.ROW_NORM, TypeInformation.of(RowNorm.class)));
        distribution = new ShardDistribution(plan, RowKernels.create());
        deadLetters = new DeadLetters(limit);
        metrics = new ModelMetrics(getRuntimeContext().getMetricGroup(), plan.models());
    }

    @Override
    public void processElement1(ShardScores scores, Context context, Collector<OutputRecord> out)
            throws IOException {
        RowNorm norm = norms.value();
        if (norm != null) {
            norms.clear();
            emit(scores, norm, context, out);
            return;
        }
        ShardScores held = waiting.value();
        // What is left of a row that came twice would go before a later one is over.
        if (held == null || held.timestampMillis() < scores.timestampMillis()) {
            waiting.update(scores);
            forgetLater(scores.timestampMillis(), context.timerService());
        }
    }

    @Override
    public void processElement2(RowNorm norm, Context context, Collector<OutputRecord> out)
            throws IOException {
        ShardScores scores = waiting.value();
        if (scores == null) {
            norms.update(norm);
            forgetLater(norm.timestampMillis(), context.timerService());
        } else {
            waiting.clear();
            emit(scores, norm, context, out);
        }
    }

    /**
     * By then the row is over and all of it has come, however late: what is left are shards that
     * came twice or were refused, or a norm for scores that an earlier job did not send.
     */
    private void forgetLater(long millis, TimerService timers) {
        long now = timers.currentWatermark();
        long start = now < Long.MAX_VALUE ? Math.max(millis, now) : millis;
        timers.registerEventTimeTimer(start + 3 * waitMillis);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<OutputRecord> out)
            throws IOException {
        ShardScores scores = waiting.value();
        if (scores != null && isOver(scores.timestampMillis(), timestamp, context)) {
            waiting.clear();
        }
        RowNorm norm = norms.value();
        if (norm != null && isOver(norm.timestampMillis(), timestamp, context)) {
            if (norm.isGiven()) {
                bury(norm, ShardMerger.changed(norm.model()), context);
            }
            norms.clear();
        }
    }

    /** The timer may be that of a row which had the id before, or of a shorter wait. */
    private boolean isOver(long millis, long timerMillis, OnTimerContext context) {
        long due = millis + 3 * waitMillis;
        if (timerMillis < due) {
            context.timerService().registerEventTimeTimer(due);
        }
        return timerMillis >= due;
    }

    private void emit(
            ShardScores scores, RowNorm norm, Context context, Collector<OutputRecord> out) {
        if (!norm.isGiven()) {
            return;
        }
        byte[] value = distribution.encode(scores, norm);
        byte[] key = norm.id().getBytes(StandardCharsets.UTF_8);
        int maxBytes = limit.maxValueBytes(key);
        Fault fault = null;
        if (value == null) {
            fault = ShardMerger.changed(norm.model());
        } else if (value.length > maxBytes) {
            fault = RowEmitter.tooLarge("distribution", value.length, maxBytes);
        }
        if (fault == null) {
            out.collect(new OutputRecord(key, value, Header.NONE));
        } else {
            bury(norm, fault, context);
        }
    }

    private void bury(RowNorm norm, Fault fault, Context context) {
        metrics.of(norm.model()).deadLetters(fault.reason()).inc();
        context.output(Outputs.DEAD_LETTERS, deadLetters.of(norm.origin(), fault));
    }
}
