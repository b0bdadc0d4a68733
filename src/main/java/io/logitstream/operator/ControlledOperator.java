package io.logitstream.operator;

import io.logitstream.record.ControlRecord;
import java.util.List;
import org.apache.flink.api.common.functions.DefaultOpenContext;
import org.apache.flink.api.common.functions.util.FunctionUtils;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorV2;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.Input;
import org.apache.flink.streaming.api.operators.MultipleInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TimestampedCollector;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.functions.StreamingFunctionUtils;
import org.apache.flink.util.OutputTag;

/**
 * Runs a {@link ControlledFunction} in one task with the source of its records, and tells it of
 * changes on a second input. An operator with two inputs of the usual kind cannot be chained to its
 * source: each record would be serialised on its way.
 *
 * <p>Event time is that of the records alone. Like {@link LastWatermarkOperator}, it sends the last
 * watermark once more as its last act.
 *
 * @param <I> what it reads
 * @param <O> what it gives
 */
final class ControlledOperator<I, O> extends AbstractStreamOperatorV2<O>
        implements MultipleInputStreamOperator<O> {

    private static final int INPUTS = 2;

    private final ControlledFunction<I, O> function;
    private final TimestampedCollector<O> collector;
    private final OfElement context;

    private ControlledOperator(
            StreamOperatorParameters<O> parameters, ControlledFunction<I, O> function) {
        super(parameters, INPUTS);
        this.function = function;
        this.collector = new TimestampedCollector<>(output);
        this.context = new OfElement(function);
    }

    /**
     * Makes the operators of a function.
     *
     * @param <I> what it reads
     * @param <O> what it gives
     */
    static final class Factory<I, O> extends AbstractStreamOperatorFactory<O> {

        private static final long serialVersionUID = 1L;

        private final ControlledFunction<I, O> function;

        Factory(ControlledFunction<I, O> function) {
            this.function = function;
            setChainingStrategy(ChainingStrategy.HEAD_WITH_SOURCES);
        }

        @Override
        @SuppressWarnings("unchecked") // The caller names the type that it gets.
        public <T extends StreamOperator<O>> T createStreamOperator(
                StreamOperatorParameters<O> parameters) {
            return (T) new ControlledOperator<>(parameters, function);
        }

        @Override
        @SuppressWarnings("rawtypes") // So is the interface.
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader loader) {
            return ControlledOperator.class;
        }
    }

    @Override
    public void initializeState(StateInitializationContext state) throws Exception {
        super.initializeState(state);
        FunctionUtils.setFunctionRuntimeContext(function, getRuntimeContext());
        StreamingFunctionUtils.restoreFunctionState(state, function);
    }

    @Override
    public void snapshotState(StateSnapshotContext state) throws Exception {
        super.snapshotState(state);
        StreamingFunctionUtils.snapshotFunctionState(state, getOperatorStateBackend(), function);
    }

    @Override
    public void open() throws Exception {
        super.open();
        FunctionUtils.openFunction(function, DefaultOpenContext.INSTANCE);
        long every = function.everyMillis();
        if (every > 0) {
            getProcessingTimeService().scheduleWithFixedDelay(this::onTime, every, every);
        }
    }

    private void onTime(long nowMillis) throws Exception {
        collector.eraseTimestamp();
        function.processTime(nowMillis, context, collector);
    }

    @Override
    public void finish() throws Exception {
        onTime(Long.MAX_VALUE);
        super.finish();
        output.emitWatermarkStatus(WatermarkStatus.ACTIVE);
        output.emitWatermark(Watermark.MAX_WATERMARK);
    }

    @Override
    public void close() throws Exception {
        super.close();
        FunctionUtils.closeFunction(function);
    }

    @Override
    @SuppressWarnings("rawtypes") // So is the interface.
    public List<Input> getInputs() {
        return List.of(new Records(), new Control());
    }

    /** The records, and all of event time. */
    private final class Records implements Input<I> {

        @Override
        public void processElement(StreamRecord<I> element) throws Exception {
            collector.setTimestamp(element);
            function.processElement(element.getValue(), context, collector);
        }

        @Override
        public void processWatermark(Watermark mark) throws Exception {
            context.watermark = mark.getTimestamp();
            ControlledOperator.this.processWatermark(mark);
        }

        @Override
        public void processWatermarkStatus(WatermarkStatus status) {
            output.emitWatermarkStatus(status);
        }

        @Override
        public void processLatencyMarker(LatencyMarker marker) {
            reportOrForwardLatencyMarker(marker);
        }

        @Override
        public void setKeyContextElement(StreamRecord<I> element) {}
    }

    /** The changes, which have no part in event time. */
    private final class Control implements Input<ControlRecord> {

        @Override
        public void processElement(StreamRecord<ControlRecord> element) throws Exception {
            collector.eraseTimestamp();
            function.processControl(element.getValue(), context, collector);
        }

        @Override
        public void processWatermark(Watermark mark) {}

        @Override
        public void processWatermarkStatus(WatermarkStatus status) {}

        @Override
        public void processLatencyMarker(LatencyMarker marker) {}

        @Override
        public void setKeyContextElement(StreamRecord<ControlRecord> element) {}
    }

    /** What a function may ask for and send to, whatever it is called for. */
    private final class OfElement extends ProcessFunction<I, O>.Context implements TimerService {

        private long watermark = Long.MIN_VALUE;

        OfElement(ProcessFunction<I, O> of) {
            of.super();
        }

        @Override
        public Long timestamp() {
            throw new UnsupportedOperationException("records know their own time");
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

    private static final String NO_TIMERS = "a stream without keys has no timers";
}
