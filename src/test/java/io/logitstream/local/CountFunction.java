package io.logitstream.local;

import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.accumulators.LongMinimum;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Counts what it sees and what it does when event time ends; fails on one value. */
final class CountFunction extends KeyedProcessFunction<Integer, Long, Long> {

    static final String SEEN = "seen";
    static final String FIRST = "first";
    static final String FLUSHED = "flushed";

    private static final long serialVersionUID = 1L;

    private final long poison;
    private transient LongCounter seen;
    private transient LongMinimum first;
    private transient LongCounter flushed;
    private transient Counter seenMetric;

    CountFunction(long poison) {
        this.poison = poison;
    }

    @Override
    public void open(OpenContext context) {
        seen = new LongCounter();
        first = new LongMinimum();
        flushed = new LongCounter();
        getRuntimeContext().addAccumulator(SEEN, seen);
        getRuntimeContext().addAccumulator(FIRST, first);
        getRuntimeContext().addAccumulator(FLUSHED, flushed);
        seenMetric = getRuntimeContext().getMetricGroup().addGroup("test").counter(SEEN);
    }

    @Override
    public void processElement(Long value, Context context, Collector<Long> out) {
        if (value == poison) {
            throw new IllegalArgumentException("cannot count " + value);
        }
        seen.add(1);
        first.add(value);
        seenMetric.inc();
        context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
        out.collect(value);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Long> out) {
        flushed.add(1);
    }
}
