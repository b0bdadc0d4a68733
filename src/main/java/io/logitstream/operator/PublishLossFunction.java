package io.logitstream.operator;

import io.logitstream.codec.JsonLossAggregateEncoder;
import io.logitstream.record.Header;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossKey;
import io.logitstream.record.LossStateFormat;
import io.logitstream.record.OutputRecord;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * Publishes the loss of a window, with a revision that grows each time. The revision lives as long
 * as the window: until the watermark passes its end and the allowed lateness.
 */
public final class PublishLossFunction
        extends ProcessWindowFunction<byte[], OutputRecord, LossKey, TimeWindow> {

    private static final long serialVersionUID = 1L;

    private static final ValueStateDescriptor<Long> REVISION =
            new ValueStateDescriptor<>(StateIds.LOSS_REVISION, Types.LONG);

    private transient JsonLossAggregateEncoder encoder;

    @Override
    public void open(OpenContext context) {
        encoder = new JsonLossAggregateEncoder();
    }

    @Override
    public void process(
            LossKey key, Context context, Iterable<byte[]> states, Collector<OutputRecord> out)
            throws Exception {
        byte[] state = states.iterator().next();
        ValueState<Long> published = context.windowState().getState(REVISION);
        Long before = published.value();
        long revision = before == null ? 1 : before + 1;
        published.update(revision);
        TimeWindow window = context.window();
        LossAggregate aggregate =
                new LossAggregate(
                        key.model(),
                        key.segment().isEmpty() ? null : key.segment(),
                        new LossAggregate.Window(window.getStart(), window.getEnd()),
                        revision,
                        LossStateFormat.decode(state));
        out.collect(
                new OutputRecord(
                        aggregate.key().getBytes(StandardCharsets.UTF_8),
                        encoder.encode(aggregate),
                        new Header[] {new Header(LossStateFormat.HEADER, state)}));
    }

    @Override
    public void clear(Context context) {
        context.windowState().getState(REVISION).clear();
    }
}
