package io.logitstream.benchmark.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.config.JobFile;
import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/**
 * What Kafka Streams joins.
 *
 * @param scores float32
 * @param label as JSON
 */
record LabelledScores(byte[] scores, byte[] label) {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private byte[] labelText() {
        try {
            return MAPPER.readTree(label).get("label").asText().getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives the loss. */
    static final class Judging extends ContextualFixedKeyProcessor<Bytes, LabelledScores, Double> {

        private final Scoring.Scorer scorer;

        Judging(JobFile job) {
            scorer = new Scoring.Scorer(job);
        }

        @Override
        public void process(FixedKeyRecord<Bytes, LabelledScores> record) {
            Header[] label = {new Header("label", record.value().labelText())};
            RawRecord raw =
                    new RawRecord(
                            "joined",
                            0,
                            0,
                            record.timestamp(),
                            null,
                            record.value().scores(),
                            label);
            context().forward(record.withValue(Scoring.Scorer.lossOf(scorer.classify(raw))));
        }
    }
}
