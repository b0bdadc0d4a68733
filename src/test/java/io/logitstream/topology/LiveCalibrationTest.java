package io.logitstream.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import io.logitstream.kernel.RowKernels;
import io.logitstream.operator.ControlPlan;
import io.logitstream.operator.LossTerms;
import io.logitstream.operator.RowClassifier;
import io.logitstream.operator.ScoringPlan;
import io.logitstream.operator.TestJobs;
import io.logitstream.record.ControlRecord;
import io.logitstream.record.LossPartial;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.ScoreRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which temperatures the windows of a job set, and after which restart. */
class LiveCalibrationTest {

    private static final Pattern APPLIED =
            Pattern.compile("\"applied\":\\{\"temperature\":([0-9.]+),\"version\":([0-9]+)");
    private static final long WINDOW = TestJobs.WINDOW;

    private JobFile job;
    private @Nullable LossWindowHarness window;

    @BeforeEach
    void readJob() throws Exception {
        job =
                JobFileReader.read(
                        Path.of("jobs/two-class.yaml"),
                        List.of(
                                "losses.topic=losses",
                                "losses.window=" + WINDOW + "ms",
                                "calibration.topic=calibrations",
                                "calibration.mode=live",
                                "calibration.min-samples=3"),
                        Map.of());
    }

    @AfterEach
    void close() throws Exception {
        window.close();
    }

    private ControlPlan plan(String... set) {
        List<ControlRecord> records = new ArrayList<>();
        for (String value : set) {
            records.add(
                    new ControlRecord(
                            ControlRecord.Kind.TEMPERATURE,
                            "two-class".getBytes(UTF_8),
                            value.getBytes(UTF_8)));
        }
        return ControlPlan.of(job, records, listener -> () -> {});
    }

    /** A window whose best temperature is 2 / ln 2, 2.885. */
    private void process(long start) throws Exception {
        RowClassifier classifier = new RowClassifier(ScoringPlan.of(job), RowKernels.create());
        for (int i = 0; i < 3; i++) {
            ScoreRecord row =
                    new ScoreRecord(
                            "r", "two-class", start, new float[] {3, 1}, i / 2, null, null, 1);
            assertThat(classifier.classify(row)).isNull();
            for (LossPartial partial : LossTerms.partials(classifier.row().lossTerm())) {
                window.process(partial);
            }
        }
        window.watermark(start + WINDOW);
    }

    /** Returns the temperatures set so far, each with its version. */
    private List<String> applied() {
        List<String> applied = new ArrayList<>();
        for (OutputRecord record : window.calibrations()) {
            Matcher matcher = APPLIED.matcher(new String(record.value(), UTF_8));
            assertThat(matcher.find()).isTrue();
            applied.add(
                    String.format(
                            Locale.ROOT,
                            "%s %.3f",
                            matcher.group(2),
                            Double.parseDouble(matcher.group(1))));
        }
        return applied;
    }

    @Test
    void goOnFromTheStateWindowByWindow() throws Exception {
        window = LossWindowHarness.open(job, plan(), null);
        process(0);
        assertThat(applied()).containsExactly("1 2.000");
        Subtasks.Snapshot state = window.snapshot();
        window.close();

        window = LossWindowHarness.open(job, plan(), state);
        process(WINDOW);
        process(2 * WINDOW);
        assertThat(applied()).as("the third changes nothing").containsExactly("2 2.885", "2 2.885");
    }

    @Test
    void goOnFromTheTopicWithoutState() throws Exception {
        window =
                LossWindowHarness.open(
                        job,
                        plan("{\"applied\":{\"temperature\":8,\"version\":50,\"specified\":1}}"),
                        null);
        process(0);
        assertThat(applied()).containsExactly("51 4.000");
    }

    @Test
    void beginAnewWhereTheTopicIsOfAnotherSpecification() throws Exception {
        window =
                LossWindowHarness.open(
                        job,
                        plan("{\"applied\":{\"temperature\":8,\"version\":50,\"specified\":4}}"),
                        null);
        process(0);
        assertThat(applied()).containsExactly("52 2.000");
    }
}
