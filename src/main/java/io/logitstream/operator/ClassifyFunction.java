package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.kernel.RowKernels;
import io.logitstream.record.Fault;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ShardScores;
import io.logitstream.record.ShardState;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Turns each decoded row into what a {@link RowEmitter} sends on, and each shard of one into what
 * is merged. Decisions are the {@link RowClassifier}'s. Keeps nothing of the rows it has
 * classified, so it runs where they were read.
 */
public final class ClassifyFunction extends ControlledFunction<ScoreInput, OutputRecord> {

    private static final long serialVersionUID = 1L;

    /** A look at the clock takes as long as a small part of a record, so not all are timed. */
    private static final int TIMED_EVERY = 16;

    private final ScoringPlan plan;
    private final long allowedLatenessMillis;
    private final OutputLimit limit;

    private transient RowClassifier classifier;
    private transient RowEmitter emitter;
    private transient Histogram latencies;
    private transient int sinceTimed;

    /**
     * Creates the function of a job.
     *
     * @param job the job file
     * @param control how its models change, or null if they do not
     * @param limit how large an output may be
     */
    public ClassifyFunction(JobFile job, @Nullable ControlPlan control, OutputLimit limit) {
        super(control, ScoreInput.class);
        this.plan = ScoringPlan.of(job);
        JobFile.Losses losses = job.losses();
        this.allowedLatenessMillis = losses == null ? 0 : losses.allowedLatenessMillis();
        this.limit = limit;
    }

    @Override
    public void open(OpenContext context) {
        KernelNotice.giveOnce();
        classifier = new RowClassifier(plan, RowKernels.create());
        MetricGroup group = getRuntimeContext().getMetricGroup();
        emitter = new RowEmitter(plan, allowedLatenessMillis, limit, group);
        latencies = JobMetric.ROW_LATENCY.histogram(group);
        sinceTimed = TIMED_EVERY - 1;
        JobMetric.KERNEL.gauge(() -> 1, group, RowKernels.chosen());
        learnModels();
    }

    @Override
    void know(ModelSpec model) {
        classifier.put(model);
        emitter.know(model);
    }

    @Override
    void forget(String model, long version) {
        classifier.retire(model, version);
    }

    @Override
    @Nullable String modelOf(ScoreInput input) {
        return input.score() == null ? null : input.score().model();
    }

    /** The decoder writes to the scores of its last record again. */
    @Override
    ScoreInput copy(ScoreInput input) {
        return ScoreInput.of(input.raw(), input.score().copy());
    }

    @Override
    void process(ScoreInput input, Context context, Collector<OutputRecord> out) {
        ScoreRecord row = input.score();
        ModelMetrics.Counters counters = emitter.countersOf(row == null ? null : row.model());
        counters.records.inc();
        Fault fault = row == null ? input.fault() : classifier.classify(row);
        long watermark = context.timerService().currentWatermark();
        if (fault != null) {
            emitter.bury(input.raw(), fault, counters, context::output);
            LossTerm refused = row == null ? null : classifier.refusedTerm(row);
            if (refused != null) {
                emitter.emitRefused(refused, watermark, context::output);
            }
        } else if (row.shard() == null) {
            emitter.emit(classifier.row(), input.raw(), watermark, out, context::output);
        } else {
            emitShard(row, input.raw(), context);
        }
        if (++sinceTimed == TIMED_EVERY) {
            sinceTimed = 0;
            time(input.raw(), context);
        }
    }

    private void time(RawRecord raw, Context context) {
        if (raw.timestampMillis() != RawRecord.NO_TIMESTAMP) {
            long now = context.timerService().currentProcessingTime();
            latencies.update(now - raw.timestampMillis());
        }
    }

    private void emitShard(ScoreRecord row, RawRecord raw, Context context) {
        ShardState shard = classifier.shard(row, raw);
        context.output(Outputs.SHARDS, shard);
        if (plan.wholeDistribution()) {
            context.output(Outputs.SHARD_SCORES, ShardScores.of(shard, row.scores()));
        }
    }
}
