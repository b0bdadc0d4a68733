package io.logitstream.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.codec.DecoderLimits;
import io.logitstream.codec.JsonLabelDecoder;
import io.logitstream.config.JobFile;
import io.logitstream.config.ModelRecords;
import io.logitstream.record.ControlRecord;
import io.logitstream.record.Header;
import io.logitstream.record.Label;
import io.logitstream.record.LabelInput;
import io.logitstream.record.RawRecord;
import java.util.EnumSet;
import java.util.List;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Labels of a model that is no more are still for the rows it had. */
class RetiredModelTest {

    private static final JobFile JOB =
            TestJobs.job(JobFile.Emit.TOP_K, TestJobs.LOSSES, TestJobs.model("m", 2));
    private static final ControlRecord PUT =
            control("{\"name\":\"n\",\"version\":1,\"classes\":3}");
    private static final ControlRecord RETIRE =
            control("{\"name\":\"n\",\"version\":2,\"retired\":true}");

    private static ControlRecord control(String json) {
        return new ControlRecord(
                ControlRecord.Kind.MODEL, "n".getBytes(UTF_8), json.getBytes(UTF_8));
    }

    private static OneInputStreamOperatorTestHarness<LabelInput, Label> open(
            @Nullable OperatorSubtaskState from, ControlRecord... atStart) throws Exception {
        ControlPlan plan =
                new ControlPlan(
                        ModelRecords.of(JOB),
                        JOB.models(),
                        List.of(atStart),
                        listener -> () -> {},
                        EnumSet.allOf(ControlRecord.Kind.class),
                        0,
                        1);
        var harness =
                new OneInputStreamOperatorTestHarness<>(
                        new ControlledOperator<>(
                                new ResolveLabelFunction(JOB, plan, new OutputLimit(1 << 20))),
                        TypeInformation.of(LabelInput.class)
                                .createSerializer(new ExecutionConfig().getSerializerConfig()));
        if (from != null) {
            harness.initializeState(from);
        }
        harness.open();
        return harness;
    }

    private static void process(
            OneInputStreamOperatorTestHarness<LabelInput, Label> harness, String label)
            throws Exception {
        JsonLabelDecoder decoder = new JsonLabelDecoder(new DecoderLimits(null, 3));
        RawRecord raw = new RawRecord("labels", 0, 0, 5, null, label.getBytes(UTF_8), Header.NONE);
        harness.processElement(new StreamRecord<>(decoder.decode(raw), 5));
    }

    @Test
    void itsLabelsAreResolvedAfterARestartToo() throws Exception {
        OperatorSubtaskState state;
        try (var harness = open(null, PUT, RETIRE)) {
            process(harness, "{\"model\":\"n\",\"id\":\"a\",\"label\":2}");
            assertThat(harness.extractOutputValues()).containsExactly(new Label("n", "a", 2, 5));
            state = harness.snapshot(1, 1);
        }
        // What was before the last record of a key may be gone from its topic.
        try (var harness = open(state, RETIRE)) {
            process(harness, "{\"model\":\"n\",\"id\":\"b\",\"label\":1}");
            assertThat(harness.extractOutputValues()).containsExactly(new Label("n", "b", 1, 5));
        }
    }
}
