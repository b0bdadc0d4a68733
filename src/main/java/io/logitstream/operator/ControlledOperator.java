package io.logitstream.operator;

import io.logitstream.record.DecodedInput;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.operators.TimestampedCollector;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Runs a {@link ControlledFunction} right behind a source, and lets it look for changes a few times
 * a second, between two records: a record costs what it costs without them.
 *
 * @param <I> what it reads
 * @param <O> what it gives
 */
public final class ControlledOperator<I extends DecodedInput<I>, O>
        extends LastWatermarkOperator<I, O> {

    private static final long serialVersionUID = 1L;

    private static final long EVERY_MILLIS = 100;

    private final ControlledFunction<I, O> function;

    private transient TimestampedCollector<O> collector;
    private transient BetweenRecords context;

    /** Creates the operator of a function. */
    public ControlledOperator(ControlledFunction<I, O> function) {
        super(function);
        this.function = function;
    }

    @Override
    public void open() throws Exception {
        super.open();
        collector = new TimestampedCollector<>(output);
        context = new BetweenRecords(function);
        getProcessingTimeService().scheduleWithFixedDelay(this::look, EVERY_MILLIS, EVERY_MILLIS);
    }

    private void look(long nowMillis) throws Exception {
        function.look(nowMillis, context, collector);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (mark.getTimestamp() == Watermark.MAX_WATERMARK.getTimestamp()) {
            // Nothing waits beyond the end of time, and after it every row is too late.
            look(Long.MAX_VALUE);
        }
        context.watermark = mark.getTimestamp();
        super.processWatermark(mark);
    }

    @Override
    public void finish() throws Exception {
        look(Long.MAX_VALUE);
        super.finish();
    }

    /** What a function may ask for and send to when it has no record at hand. */
    private final class BetweenRecords extends ProcessFunction<I, O>.Context
            implements TimerService {

        private static final String NO_TIMERS = "a stream without keys has no timers";

        private long watermark = Long.MIN_VALUE;

        BetweenRecords(ProcessFunction<I, O> of) {
            of.super();
        }

        @Override
        public Long timestamp() {
            throw new UnsupportedOperationException("there is no record");
        }

        @Override
        public TimerService timerService() {
            return this;
        }

        @Override
        public <X> void output(OutputTag<X> tag, X value) {
            output.collect(tag, new StreamRecord<>(value));
        }

        @Override
        public long currentProcessingTime() {
            return getProcessingTimeService().getCurrentProcessingTime();
        }

        @Override
        public long currentWatermark() {
            return watermark;
        }

        @Override
        public void registerProcessingTimeTimer(long time) {
            throw new UnsupportedOperationException(NO_TIMERS);
        }

        @Override
        public void registerEventTimeTimer(long time) {
            throw new UnsupportedOperationException(NO_TIMERS);
        }

        @Override
        public void deleteProcessingTimeTimer(long time) {
            throw new UnsupportedOperationException(NO_TIMERS);
        }

        @Override
        public void deleteEventTimeTimer(long time) {
            throw new UnsupportedOperationException(NO_TIMERS);
        }
    }
}
