package io.logitstream.benchmark.job;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The scores and labels of a case: independent normal scores of standard deviation 3, as many
 * different rows as make 4 MB, again and again. Ids are the numbers of the rows.
 */
final class BenchRows {

    private static final long SEED = 20_261_126;
    private static final long DIFFERENT_BYTES = 4 << 20;
    private static final int MOST_DIFFERENT = 4_096;

    private final JobCase of;
    private final float[][] scores;
    private final byte[][] values;

    BenchRows(JobCase of) {
        this.of = of;
        long different = DIFFERENT_BYTES / ((long) of.k() * Float.BYTES);
        int count = (int) Math.max(1, Math.min(different, MOST_DIFFERENT));
        scores = new float[count][of.k()];
        values = new byte[count][];
        Random random = new Random(SEED);
        for (int i = 0; i < count; i++) {
            for (int k = 0; k < of.k(); k++) {
                scores[i][k] = (float) (3 * random.nextGaussian());
            }
            values[i] = of.format().equals("json") ? json(scores[i]) : floats(scores[i]);
        }
    }

    private static byte[] floats(float[] scores) {
        ByteBuffer value =
                ByteBuffer.allocate(scores.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        value.asFloatBuffer().put(scores);
        return value.array();
    }

    private static byte[] json(float[] scores) {
        StringBuilder text = new StringBuilder("{\"scores\":[");
        for (int k = 0; k < scores.length; k++) {
            text.append(k == 0 ? "" : ",").append(scores[k]);
        }
        return text.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Sums the first window. */
    FirstWindow firstWindow() {
        double loss = 0;
        int row = 0;
        for (; of.timeOf(row) < JobCase.START_MILLIS + JobCase.WINDOW_MILLIS; row++) {
            float[] one = scores[row % scores.length];
            double sum = 0;
            for (float score : one) {
                sum += Math.exp(score);
            }
            loss += Math.log(sum) - one[of.labelOf(row)];
        }
        return new FirstWindow(row, loss);
    }

    static byte[] keyOf(long row) {
        return Long.toString(row).getBytes(StandardCharsets.US_ASCII);
    }

    static long rowOf(byte[] key) {
        return Long.parseLong(new String(key, StandardCharsets.US_ASCII));
    }

    /** Returns the record of a row. */
    ProducerRecord<byte[], byte[]> record(String topic, long row) {
        byte[] value = values[(int) (row % values.length)];
        return new ProducerRecord<>(
                topic,
                (int) (row % JobCase.PARTITIONS),
                of.timeOf(row),
                keyOf(row),
                isInlineJson() ? labelled(value, row) : value,
                isInlineFloats() ? List.of(label(row)) : List.<Header>of());
    }

    private boolean isInlineJson() {
        return of.windows() && !of.labelJoin() && of.format().equals("json");
    }

    private boolean isInlineFloats() {
        return of.windows() && !of.labelJoin() && of.format().equals("float32");
    }

    private Header label(long row) {
        return new RecordHeader(
                "label", Integer.toString(of.labelOf(row)).getBytes(StandardCharsets.US_ASCII));
    }

    private byte[] labelled(byte[] value, long row) {
        byte[] label = (",\"label\":" + of.labelOf(row) + "}").getBytes(StandardCharsets.US_ASCII);
        byte[] whole = java.util.Arrays.copyOf(value, value.length - 1 + label.length);
        System.arraycopy(label, 0, whole, value.length - 1, label.length);
        return whole;
    }

    /** Writes all scores, and the labels if they come by themselves. */
    void load(Pass topics) {
        try (KafkaProducer<byte[], byte[]> producer = producer(topics.bootstrapServers(), 20)) {
            for (long row = 0; row < of.rows(); row++) {
                producer.send(record(topics.scores(), row));
                sendLabel(producer, topics.labels(), row);
            }
        }
    }

    /** Sends a row's label if labels come by themselves. */
    void sendLabel(KafkaProducer<byte[], byte[]> producer, String topic, long row) {
        if (of.labelJoin()) {
            producer.send(label(topic, row));
        }
    }

    /** Returns the record of a row's label, for a topic of labels. */
    ProducerRecord<byte[], byte[]> label(String topic, long row) {
        byte[] label =
                "{\"label\":%d}".formatted(of.labelOf(row)).getBytes(StandardCharsets.US_ASCII);
        return new ProducerRecord<>(
                topic, (int) (row % JobCase.PARTITIONS), of.timeOf(row), keyOf(row), label);
    }

    /**
     * Returns a producer that does not number its records: the leader of a topic that was just made
     * refuses the first ones, and numbered ones did not come into order again.
     */
    static KafkaProducer<byte[], byte[]> producer(String bootstrapServers, int lingerMillis) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "linger.ms",
                        lingerMillis,
                        "enable.idempotence",
                        false,
                        "batch.size",
                        262_144,
                        "buffer.memory",
                        64 << 20,
                        "max.request.size",
                        16_000_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
