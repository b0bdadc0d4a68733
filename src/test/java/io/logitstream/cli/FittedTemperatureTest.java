package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The temperature that {@code evaluate} fits to the recorded rows. The expected figures come with
 * the recordings: they were fitted in float64 by other means.
 */
class FittedTemperatureTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode evaluate(Path job, byte[] rows, String... settings) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("evaluate", "--json", "--job", "" + job));
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        CommandRun run = CommandRun.with(rows, arguments.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        for (String line : run.outLines()) {
            JsonNode aggregate = JSON.readTree(line);
            if (aggregate.path("segment").asText().equals("*")) {
                return aggregate;
            }
        }
        throw new AssertionError("no line over all segments");
    }

    @Test
    void isThatOfTheLanguageModel() throws IOException {
        byte[] rows = Recorded.bytes(Recorded.LANGDETECT);
        JsonNode fitted =
                evaluate(Recorded.TEXT_JOB, rows, "calibration.mode=shadow")
                        .path("calibration")
                        .path("fitted");
        assertThat(fitted.path("samples").asInt()).isEqualTo(2401);
        assertThat(fitted.path("temperature").asDouble()).isCloseTo(0.32518557, within(1e-5));
        assertThat(fitted.path("loss").asDouble()).isCloseTo(1.116362902, within(1e-6));
        assertThat(fitted.path("ece").asDouble()).isCloseTo(0.136622149, within(5e-4));
        assertThat(fitted.path("isLimit").isMissingNode()).isTrue();
        JsonNode before = fitted.path("before");
        assertThat(before.path("loss").asDouble()).isCloseTo(1.899802355, within(1e-7));
        assertThat(before.path("ece").asDouble()).isCloseTo(0.529875872, within(1e-6));

        JsonNode after =
                evaluate(
                        Recorded.TEXT_JOB,
                        rows,
                        "models[0].temperature=" + fitted.path("temperature").asText());
        assertThat(after.path("loss").path("mean").asDouble()).isCloseTo(1.116362902, within(1e-7));
        assertThat(after.path("calibration").path("ece").asDouble())
                .isCloseTo(0.136622149, within(5e-5));
        assertThat(after.path("accuracy").path("top1").asDouble())
                .as("no temperature changes the best class")
                .isEqualTo(2061 / 2401.0);
    }

    @Test
    void isThatOfTheImageModelWhereverOneStartsAndInAnyOrder() throws IOException {
        List<String> rows = Recorded.lines(Recorded.FASHION, 10_000);
        JsonNode first = null;
        for (String temperature : List.of("1.0", "0.5", "3.7")) {
            List<String> shuffled = new ArrayList<>(rows);
            Collections.shuffle(shuffled, new Random(7));
            JsonNode fitted =
                    evaluate(
                                    Recorded.IMAGE_JOB,
                                    String.join("\n", shuffled).getBytes(StandardCharsets.UTF_8),
                                    "models[0].temperature=" + temperature,
                                    "calibration.mode=shadow")
                            .path("calibration")
                            .path("fitted");
            assertThat(fitted.path("temperature").asDouble()).isCloseTo(1.28462846, within(1e-5));
            assertThat(fitted.path("loss").asDouble()).isCloseTo(0.317421405, within(1e-6));
            if (first == null) {
                first = fitted;
            }
            assertThat(fitted.path("temperature")).isEqualTo(first.path("temperature"));
        }
    }

    @Test
    void saysWhenTheBestTemperatureIsOutOfReach() throws IOException {
        byte[] rows =
                "{\"id\":\"a\",\"scores\":[1,0],\"label\":0}\n{\"id\":\"b\",\"scores\":[2,0],\"label\":0}\n"
                        .getBytes(StandardCharsets.UTF_8);
        JsonNode fitted =
                evaluate(
                                Path.of("jobs/two-class.yaml"),
                                rows,
                                "losses.topic=losses",
                                "calibration.topic=calibrations")
                        .path("calibration")
                        .path("fitted");
        assertThat(fitted.path("isLimit").asBoolean()).as("0 would be best").isTrue();
        assertThat(fitted.path("temperature").asDouble()).isEqualTo(0.125);
    }
}
