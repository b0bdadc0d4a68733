package io.logitstream.benchmark.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.config.JobFile;
import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Joins scores and labels by their id in Kafka Streams, and gives the loss: whichever comes first
 * waits in a store for the other. The join of windows that Kafka Streams has looks at each
 * millisecond of the wait for each record, when its stores are in memory.
 */
final class StreamsJoin extends ContextualProcessor<Bytes, byte[], String, Double> {

    /** The name of the store of what waits. */
    static final String STORE = "waiting";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Scoring.Scorer scorer;
    private final boolean isOfLabels;

    StreamsJoin(JobFile job, boolean isOfLabels) {
        this.scorer = new Scoring.Scorer(job);
        this.isOfLabels = isOfLabels;
    }

    @Override
    public void process(Record<Bytes, byte[]> record) {
        KeyValueStore<Bytes, byte[]> waiting = context().getStateStore(STORE);
        byte[] other = waiting.delete(record.key());
        if (other == null) {
            waiting.put(record.key(), record.value());
            return;
        }
        byte[] scores = isOfLabels ? other : record.value();
        byte[] label = isOfLabels ? record.value() : other;
        Header[] headers = {new Header("label", textOf(label))};
        RawRecord raw = new RawRecord("joined", 0, 0, record.timestamp(), null, scores, headers);
        double loss = Scoring.Scorer.lossOf(scorer.classify(raw));
        context().forward(new Record<>(JobCase.MODEL, loss, record.timestamp()));
    }

    private static byte[] textOf(byte[] label) {
        try {
            return MAPPER.readTree(label).get("label").asText().getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
