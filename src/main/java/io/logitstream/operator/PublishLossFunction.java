package io.logitstream.operator;

import io.logitstream.codec.JsonAlertEncoder;
import io.logitstream.codec.JsonCalibrationEncoder;
import io.logitstream.codec.JsonLossAggregateEncoder;
import io.logitstream.config.JobFile;
import io.logitstream.record.Alert;
import io.logitstream.record.AlertRule;
import io.logitstream.record.AlertState;
import io.logitstream.record.AppliedTemperature;
import io.logitstream.record.Calibration;
import io.logitstream.record.Drift;
import io.logitstream.record.DriftBaseline;
import io.logitstream.record.DriftReference;
import io.logitstream.record.DriftWindow;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.Header;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossKey;
import io.logitstream.record.LossState;
import io.logitstream.record.LossStateFormat;
import io.logitstream.record.ModelCard;
import io.logitstream.record.ModelChange;
import io.logitstream.record.ModelDirectory;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RawRecord;
import io.logitstream.record.TemperatureFit;
import io.logitstream.record.WindowContent;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the loss of a window, with a revision that grows each time; alerts go to {@link
 * Outputs#ALERTS}, fitted temperatures to {@link Outputs#CALIBRATIONS}. What belongs to a window
 * lives as long as the window: until the watermark passes its end and the allowed lateness. Then
 * the first windows become the baseline of drift, where that is wanted; it and the latest windows
 * of each alert rule stay, which is a bounded size for each (model, segment).
 */
public final class PublishLossFunction
        extends ProcessWindowFunction<byte[], OutputRecord, LossKey, TimeWindow> {

    private static final long serialVersionUID = 1L;

    private static final ValueStateDescriptor<Long> REVISION =
            new ValueStateDescriptor<>(StateIds.LOSS_REVISION, Types.LONG);
    private static final ValueStateDescriptor<DriftWindow> DRIFT_WINDOW =
            new ValueStateDescriptor<>(
                    StateIds.DRIFT_WINDOW, TypeInformation.of(DriftWindow.class));
    private static final ValueStateDescriptor<DriftBaseline> DRIFT_BASELINE =
            new ValueStateDescriptor<>(
                    StateIds.DRIFT_BASELINE, TypeInformation.of(DriftBaseline.class));
    private static final MapStateDescriptor<String, AlertState> ALERTS =
            new MapStateDescriptor<>(
                    StateIds.ALERTS, Types.STRING, TypeInformation.of(AlertState.class));

    private static final ValueStateDescriptor<AppliedTemperature> APPLIED =
            new ValueStateDescriptor<>(
                    StateIds.APPLIED_TEMPERATURE, TypeInformation.of(AppliedTemperature.class));

    private final List<ModelSpec> models;
    private final @Nullable TemperatureSteps steps;
    private final @Nullable ControlPlan control;
    private final List<AlertRule> rules;
    private final long keptMillis;
    private final String lossesTopic;
    private final OutputLimit limit;

    private transient Map<String, ModelCard> cardOfName;
    private transient @Nullable ModelDirectory temperatures;
    private transient JsonLossAggregateEncoder encoder;
    private transient JsonAlertEncoder alertEncoder;
    private transient JsonCalibrationEncoder calibrationEncoder;
    private transient DeadLetters deadLetters;
    private transient ModelFigures figures;

    /**
     * Creates the function of a job that has losses.
     *
     * @param control how its models change, or null if they do not
     */
    public PublishLossFunction(JobFile job, @Nullable ControlPlan control, OutputLimit limit) {
        this.control = control;
        this.models = job.models();
        this.rules = job.alerts() == null ? List.of() : job.alerts().rules();
        this.steps = job.calibration() == null ? null : TemperatureSteps.of(job);
        this.keptMillis = job.windowsKeptMillis();
        this.lossesTopic = job.losses().topic();
        this.limit = limit;
    }

    @Override
    public void open(OpenContext context) {
        cardOfName = new HashMap<>();
        models.forEach(model -> cardOfName.put(model.name(), ModelCard.of(model)));
        temperatures = control == null ? null : control.models().directory();
        encoder = new JsonLossAggregateEncoder();
        alertEncoder = new JsonAlertEncoder();
        calibrationEncoder = new JsonCalibrationEncoder();
        deadLetters = new DeadLetters(limit);
        figures = new ModelFigures(getRuntimeContext().getMetricGroup(), System::currentTimeMillis);
    }

    @Override
    public void process(
            LossKey key, Context context, Iterable<byte[]> states, Collector<OutputRecord> out)
            throws Exception {
        WindowContent content = WindowContent.ofBytes(states.iterator().next());
        ModelCard model = card(key.model(), content.card());
        LossState state = LossStateFormat.decode(content.state());
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
                        state,
                        drift(model, state, context));
        publish(aggregate, encoder.encode(aggregate, model), content.state(), context, out);
        if (key.segment().equals(LossAggregate.ALL_SEGMENTS)) {
            figures.published(aggregate, model);
            if (steps != null) {
                calibrate(steps, aggregate, model, context);
            }
        }
        for (AlertRule rule : rules) {
            if (rule.watches(key.model(), key.segment())) {
                watch(rule, aggregate, model, context);
            }
        }
    }

    /** A model may be taken out of the job file while its windows are open. */
    private ModelCard card(String name, byte[] sent) {
        return sent.length > 0
                ? ModelCard.ofBytes(sent)
                : cardOfName.computeIfAbsent(name, ModelCard::forgotten);
    }

    private void calibrate(
            TemperatureSteps bounds, LossAggregate aggregate, ModelCard model, Context context)
            throws Exception {
        TemperatureFit fit = aggregate.state().fit();
        TemperatureFit.Fitted best = fit.best();
        if (best == null) {
            return;
        }
        ValueState<AppliedTemperature> held = context.globalState().getState(APPLIED);
        long start = aggregate.window().startMillis();
        AppliedTemperature applied =
                bounds.after(latest(held.value(), model.name()), model, start, best, fit.samples());
        if (applied == null) {
            return;
        }
        held.update(applied);
        if (bounds.settings().isLive()) {
            // What a job held that was live before divides nothing any more.
            figures.applied(model.name(), applied.temperature());
        }
        Calibration calibration =
                new Calibration(
                        model.name(),
                        model.version(),
                        aggregate.window(),
                        aggregate.revision(),
                        fit,
                        best,
                        bounds.settings().isLive() ? applied : null);
        context.output(
                Outputs.CALIBRATIONS,
                new OutputRecord(
                        model.name().getBytes(StandardCharsets.UTF_8),
                        calibrationEncoder.encode(calibration),
                        Header.NONE));
    }

    /** Without state, or with an old one, versions go on where the topic is. */
    private @Nullable AppliedTemperature latest(@Nullable AppliedTemperature held, String model) {
        ModelChange.Temper atStart = temperatures == null ? null : temperatures.temperature(model);
        return atStart == null || (held != null && held.version() >= atStart.version())
                ? held
                : AppliedTemperature.of(atStart);
    }

    /** A record larger than the producer takes would fail the job for ever. */
    private void publish(
            LossAggregate aggregate,
            byte[] value,
            byte[] state,
            Context context,
            Collector<OutputRecord> out) {
        byte[] key = aggregate.key().getBytes(StandardCharsets.UTF_8);
        int room = limit.maxValueBytes(key) - state.length;
        Header header = new Header(LossStateFormat.HEADER, state);
        if (value.length <= room) {
            out.collect(new OutputRecord(key, value, new Header[] {header}));
            return;
        }
        long millis = aggregate.window().startMillis();
        RawRecord raw = new RawRecord(lossesTopic, -1, -1, millis, key, state, Header.NONE);
        Fault fault =
                new Fault(
                        FaultReason.OUTPUT_TOO_LARGE,
                        "the loss has %d bytes and its state %d, more than kafka.max.request.size leaves room for; lower losses.per-class, or raise the size; value is the state"
                                .formatted(value.length, state.length));
        context.output(Outputs.DEAD_LETTERS, deadLetters.of(raw, fault));
    }

    private @Nullable Drift drift(ModelCard model, LossState state, Context context)
            throws Exception {
        DriftReference reference = model.drift();
        if (reference.hasShares()) {
            return Drift.between(state.classes(), reference.shares());
        }
        if (reference.firstWindows() == 0) {
            return null;
        }
        DriftBaseline baseline = baseline(context);
        if (baseline.windows() < reference.firstWindows()) {
            DriftWindow window =
                    new DriftWindow(reference.firstWindows(), state.classes().predicted());
            context.windowState().getState(DRIFT_WINDOW).update(window);
        }
        return baseline.compare(
                state.classes(), context.window().getEnd(), reference.firstWindows(), keptMillis);
    }

    private static DriftBaseline baseline(Context context) throws Exception {
        DriftBaseline baseline = context.globalState().getState(DRIFT_BASELINE).value();
        return baseline == null ? DriftBaseline.NONE : baseline;
    }

    private void watch(AlertRule rule, LossAggregate aggregate, ModelCard model, Context context)
            throws Exception {
        MapState<String, AlertState> alerts = context.globalState().getMapState(ALERTS);
        AlertState before = alerts.get(rule.name());
        before = before == null ? AlertState.NONE : before;
        LossAggregate.Window window = aggregate.window();
        AlertState after =
                AlertWatch.update(
                        rule, before, window.startMillis(), rule.figure().of(aggregate, model));
        if (!after.equals(before)) {
            alerts.put(rule.name(), after);
        }
        if (after.isRaised() != before.isRaised()) {
            long size = window.endMillis() - window.startMillis();
            int latest = after.values().length - 1;
            long start = after.windowStarts()[latest];
            Alert alert =
                    new Alert(
                            rule,
                            after.isRaised(),
                            aggregate.model(),
                            aggregate.segment(),
                            new LossAggregate.Window(start, start + size),
                            aggregate.revision(),
                            after.values()[latest]);
            String key = rule.name() + "|" + aggregate.model() + "|" + rule.segment();
            context.output(
                    Outputs.ALERTS,
                    new OutputRecord(
                            key.getBytes(StandardCharsets.UTF_8),
                            alertEncoder.encode(alert),
                            Header.NONE));
        }
    }

    @Override
    public void clear(Context context) throws Exception {
        context.windowState().getState(REVISION).clear();
        ValueState<DriftWindow> state = context.windowState().getState(DRIFT_WINDOW);
        DriftWindow window = state.value();
        if (window != null) {
            long end = context.window().getEnd();
            DriftBaseline baseline =
                    baseline(context).with(end, window.predicted(), window.wanted());
            context.globalState().getState(DRIFT_BASELINE).update(baseline);
            state.clear();
        }
    }
}
