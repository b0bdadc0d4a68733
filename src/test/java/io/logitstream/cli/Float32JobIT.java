package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.local.SharedLocal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The fast path says what the slow one says. */
@Timeout(120)
class Float32JobIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROWS = 300;

    @TempDir Path savepoints;

    @Test
    void writesTheSameBytesForFloat32AsForJson() throws Exception {
        List<String> rows = Recorded.timedFashion(ROWS);
        ImageJob text = new ImageJob(LOCAL.kafka(), "same-rows-json", "predictions.emit=full");
        ImageJob binary =
                new ImageJob(
                        LOCAL.kafka(),
                        "same-rows-float32",
                        "predictions.emit=full",
                        "scores.format=float32");
        List<ProducerRecord<byte[], byte[]>> floats = new ArrayList<>();
        for (String row : rows) {
            floats.add(float32(row, binary.file().scores().topic(), floats.size()));
        }
        run(text, text.scores(rows));
        run(binary, floats);

        assertThat(predictions(binary)).hasSize(ROWS).isEqualTo(predictions(text));
        assertThat(binary.losses().windows())
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(text.losses().windows());
        assertThat(binary.deadLetters()).isEmpty();
        text.assertLossesEqualEvaluate(rows, 0);
    }

    private void run(ImageJob job, List<ProducerRecord<byte[], byte[]>> scores) throws Exception {
        job.send(scores);
        JobID id = LOCAL.flink().submit(job.graph(2));
        LOCAL.flink().awaitRunning(id, Duration.ofSeconds(60));
        job.awaitPredictionsWritten(ROWS);
        LOCAL.flink().stopWithSavepoint(id, savepoints, true);
    }

    private static ProducerRecord<byte[], byte[]> float32(String row, String topic, int index)
            throws IOException {
        JsonNode json = JSON.readTree(row);
        ByteBuffer scores =
                ByteBuffer.allocate(json.path("scores").size() * Float.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (JsonNode score : json.path("scores")) {
            scores.putFloat(Float.parseFloat(score.asText()));
        }
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, index % ImageJob.PARTITIONS, null, scores.array());
        json.properties().stream()
                .filter(field -> !field.getKey().equals("scores"))
                .forEach(
                        field ->
                                record.headers()
                                        .add(
                                                field.getKey(),
                                                field.getValue().asText().getBytes(UTF_8)));
        return record;
    }

    private static Map<String, String> predictions(ImageJob job) {
        return job.predictions().stream()
                .collect(
                        Collectors.toMap(
                                prediction -> new String(prediction.key(), UTF_8),
                                prediction -> new String(prediction.value(), UTF_8)));
    }
}
