package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.streaming.api.windowing.triggers.TriggerResult;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.streaming.runtime.operators.windowing.TriggerTestHarness;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.api.Test;

class ChangedAtWatermarkTest {

    private static final TimeWindow WINDOW = new TimeWindow(0, 100);
    private static final long KEPT = 1_000;

    private final TriggerTestHarness<Object, TimeWindow> harness;

    ChangedAtWatermarkTest() throws Exception {
        harness =
                new TriggerTestHarness<>(new ChangedAtWatermark(KEPT), new TimeWindow.Serializer());
    }

    @Test
    void firesAtTheEndAndOnceForAllThatComesBetweenTwoWatermarks() throws Exception {
        for (long watermark : new long[] {99, 200, 300}) {
            harness.processElement(new StreamRecord<>("a"), WINDOW);
            harness.processElement(new StreamRecord<>("b"), WINDOW);
            assertThat(harness.advanceWatermark(watermark, WINDOW)).isEqualTo(TriggerResult.FIRE);
        }
    }

    /** Flink drops a window at its time, and at no other, not even at one from before a restart. */
    @Test
    void looksAtAWindowWhenItIsToGoIfTheTimeWasAnotherOneWhenItWasOpened() throws Exception {
        harness.processElement(new StreamRecord<>("a"), WINDOW);
        harness.advanceWatermark(WINDOW.maxTimestamp(), WINDOW);
        assertThat(harness.numEventTimeTimers(WINDOW)).as("its own, if it was the last").isOne();
        assertThat(harness.invokeOnEventTime(WINDOW.maxTimestamp() + 400, WINDOW))
                .isEqualTo(TriggerResult.CONTINUE);
        assertThat(harness.numEventTimeTimers(WINDOW)).isOne();
        assertThat(harness.advanceWatermark(WINDOW.maxTimestamp() + KEPT, WINDOW))
                .isEqualTo(TriggerResult.CONTINUE);
        assertThat(harness.numEventTimeTimers(WINDOW)).isZero();
    }
}
