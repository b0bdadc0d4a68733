package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitstream.local.SharedLocal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Records of several rows give what the rows give one by one. */
@Timeout(120)
class BatchedRowsIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BATCHES = 40;
    private static final int ROWS = 7;
    private static final int BAD_BATCH = 3;
    private static final int BAD_ROW = 5;

    @TempDir Path savepoints;

    /** Returns the recorded rows; in one of them a score is NaN. */
    private static List<ObjectNode> rows() throws IOException {
        List<ObjectNode> rows = new ArrayList<>();
        for (String line : Recorded.timedFashion(BATCHES * ROWS)) {
            ObjectNode row = (ObjectNode) JSON.readTree(line);
            row.remove("segment");
            // Rows of a record have one time.
            row.put("timestamp", 1_732_000_000_000L + rows.size() / ROWS * 100L);
            row.put("id", "batch" + rows.size() / ROWS + "#" + rows.size() % ROWS);
            rows.add(row);
        }
        ((ArrayNode) rows.get(BAD_BATCH * ROWS + BAD_ROW).path("scores")).set(2, "NaN");
        return rows;
    }

    private static List<String> batches(List<ObjectNode> rows) {
        List<String> batches = new ArrayList<>();
        for (int start = 0; start < rows.size(); start += ROWS) {
            ObjectNode batch = JSON.createObjectNode();
            batch.put("id", "batch" + batches.size());
            batch.set("timestamp", rows.get(start).path("timestamp"));
            ArrayNode labels = batch.putArray("label");
            ArrayNode scores = batch.putArray("scores");
            for (ObjectNode row : rows.subList(start, start + ROWS)) {
                labels.add(row.path("label"));
                scores.add(row.path("scores"));
            }
            batches.add(batch.toString());
        }
        return batches;
    }

    private static ProducerRecord<byte[], byte[]> float32(String batch, String topic, int partition)
            throws IOException {
        JsonNode json = JSON.readTree(batch);
        ByteBuffer scores =
                ByteBuffer.allocate(ROWS * json.path("scores").path(0).size() * Float.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (JsonNode row : json.path("scores")) {
            row.forEach(score -> scores.putFloat(Float.parseFloat(score.asText())));
        }
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, partition, null, scores.array());
        for (String name : List.of("id", "timestamp")) {
            record.headers().add(name, json.path(name).asText().getBytes(UTF_8));
        }
        record.headers().add("rows", ("" + ROWS).getBytes(UTF_8));
        return record;
    }

    private void run(ImageJob job, List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        job.send(records);
        JobID id = LOCAL.flink().submit(job.graph(2));
        LOCAL.flink().awaitRunning(id, Duration.ofSeconds(60));
        job.awaitPredictionsWritten(BATCHES * ROWS - 1);
        LOCAL.flink().stopWithSavepoint(id, savepoints, true);
    }

    private static List<String> sorted(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(record -> new String(record.value(), UTF_8)).sorted().toList();
    }

    @Test
    void givesWhatTheRowsGiveOneByOne() throws Exception {
        List<ObjectNode> rows = rows();
        List<String> lines = rows.stream().map(JsonNode::toString).toList();
        List<String> batches = batches(rows);
        ImageJob text = new ImageJob(LOCAL.kafka(), "batches-json");
        ImageJob binary = new ImageJob(LOCAL.kafka(), "batches-float32", "scores.format=float32");
        run(text, text.scores(batches));
        List<ProducerRecord<byte[], byte[]>> floats = new ArrayList<>();
        for (String batch : batches) {
            int partition = floats.size() % ImageJob.PARTITIONS;
            floats.add(float32(batch, binary.file().scores().topic(), partition));
        }
        run(binary, floats);

        List<String> expected = text.classify(lines, 3).stream().sorted().toList();
        assertThat(expected).hasSize(BATCHES * ROWS - 1);
        assertThat(sorted(text.predictions())).isEqualTo(expected);
        assertThat(sorted(binary.predictions())).isEqualTo(expected);
        assertThat(text.classify(batches, 3)).containsExactlyInAnyOrderElementsOf(expected);
        for (ImageJob job : List.of(text, binary)) {
            assertThat(sorted(job.deadLetters()))
                    .singleElement()
                    .satisfies(
                            letter ->
                                    assertThat(letter)
                                            .contains("\"reason\":\"invalid-score\"")
                                            .contains("row 5: scores[2] is NaN"));
        }
        text.assertLossesEqualEvaluate(lines, 3);
    }
}
