package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.logitstream.config.JobFile;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Sends a flow of scores and labels at a steady pace, whatever happens to the broker: what it does
 * not take is sent again, once, when it does.
 */
final class ChaosFeed implements AutoCloseable {

    static final int ROWS_PER_SECOND = 60;

    private final JobFile file;
    private final LabelledFlow flow;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    private final Future<?> pacing;
    private final List<String> sentRows = new ArrayList<>();
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private final List<String> poisonLines = new ArrayList<>();
    private final Map<Future<RecordMetadata>, Poison> poison = new IdentityHashMap<>();

    ChaosFeed(ImageJob job, LabelledFlow flow) {
        this.file = job.file();
        this.flow = flow;
        this.producer = job.patientProducer();
        long period = TimeUnit.SECONDS.toNanos(1) / ROWS_PER_SECOND;
        pacing = pace.scheduleAtFixedRate(this::sendNext, 0, period, TimeUnit.NANOSECONDS);
    }

    private synchronized void sendNext() {
        send(flow.next());
    }

    private void send(List<LabelledFlow.Event> events) {
        for (LabelledFlow.Event event : events) {
            String topic = event.isLabel() ? file.labels().topic() : file.scores().topic();
            int partition = Math.floorMod(event.id().hashCode(), ImageJob.PARTITIONS);
            sent.add(
                    producer.send(
                            new ProducerRecord<>(
                                    topic, partition, null, event.json().getBytes(UTF_8))));
            if (!event.isLabel()) {
                sentRows.add(event.id());
            }
        }
    }

    /** Sends so many records that are no scores to one partition, with the time of the others. */
    synchronized void sendPoison(int count, int partition, Random random) {
        List<Poison> all = Poison.all(flow.nowMillis());
        for (int i = 0; i < count; i++) {
            Poison one = all.get(random.nextInt(all.size()));
            Future<RecordMetadata> place = producer.send(one.to(file.scores().topic(), partition));
            sent.add(place);
            poison.put(place, one);
            if (one.value() != null) {
                poisonLines.add(new String(one.value(), UTF_8));
            }
        }
    }

    /** Returns how many scores were sent, poison not counted. */
    synchronized int rows() {
        SideLoop.check(pacing, "the feed");
        return sentRows.size();
    }

    /** Returns the id of a row that was sent. */
    synchronized String row(int index) {
        return sentRows.get(index);
    }

    /** Sends what is left of the flow, and returns when the broker has everything. */
    void finish() throws InterruptedException, ExecutionException {
        SideLoop.check(pacing, "the feed");
        pace.shutdown();
        if (!pace.awaitTermination(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("the feed does not end");
        }
        sendRest();
        for (Future<RecordMetadata> place : sent) {
            place.get();
        }
    }

    private synchronized void sendRest() {
        send(flow.rest());
    }

    /** Returns what evaluate can read of the poison. */
    List<String> poisonLines() {
        return poisonLines;
    }

    /** Returns where the poison went, once the feed is finished. */
    Map<RecordMetadata, Poison> poison() throws InterruptedException, ExecutionException {
        Map<RecordMetadata, Poison> places = new IdentityHashMap<>();
        for (Map.Entry<Future<RecordMetadata>, Poison> one : poison.entrySet()) {
            places.put(one.getKey().get(), one.getValue());
        }
        return places;
    }

    @Override
    public void close() {
        pace.shutdownNow();
        producer.close();
    }
}
