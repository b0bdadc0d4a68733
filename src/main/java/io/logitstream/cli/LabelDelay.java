package io.logitstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Takes the labels out of recorded scores and sends them to a topic of their own a while later, as
 * a world does that first has to see what was right. Not thread-safe.
 */
final class LabelDelay {

    private final ObjectMapper json = new ObjectMapper();
    private final String topic;
    private final long delayNanos;
    private final Queue<Held> held = new ArrayDeque<>();

    private record Held(long dueNanos, String id, byte[] value) {}

    LabelDelay(String topic, Duration delay) {
        this.topic = topic;
        this.delayNanos = delay.toNanos();
    }

    /** Returns a line without its label, which is held back. */
    byte[] withoutLabel(byte[] line) {
        try {
            if (!(json.readTree(line) instanceof ObjectNode score)) {
                return line;
            }
            JsonNode label = score.remove("label");
            String id = score.path("id").asText();
            if (label == null || id.isEmpty()) {
                return line;
            }
            ObjectNode value = json.createObjectNode().put("id", id);
            if (score.has("model")) {
                value.set("model", score.get("model"));
            }
            value.set("label", label);
            held.add(new Held(System.nanoTime() + delayNanos, id, json.writeValueAsBytes(value)));
            return json.writeValueAsBytes(score);
        } catch (IOException e) {
            // The job has to say what is wrong with it.
            return line;
        }
    }

    /** Sends the labels whose time has come. */
    void sendDue(Consumer<ProducerRecord<byte[], byte[]>> producer) {
        while (!held.isEmpty() && held.peek().dueNanos - System.nanoTime() <= 0) {
            Held due = held.remove();
            producer.accept(
                    new ProducerRecord<>(
                            topic, due.id.getBytes(StandardCharsets.UTF_8), due.value));
        }
    }

    /** Waits for and sends all others. */
    void sendRest(Consumer<ProducerRecord<byte[], byte[]>> producer) {
        while (!held.isEmpty()) {
            LockSupport.parkNanos(held.peek().dueNanos - System.nanoTime());
            sendDue(producer);
        }
    }
}
