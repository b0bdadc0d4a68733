package io.logitstream.benchmark.job;

import io.logitstream.codec.JsonPredictionEncoder;
import io.logitstream.codec.ScoreDecoder;
import io.logitstream.codec.ScoreFormats;
import io.logitstream.config.JobFile;
import io.logitstream.connector.KafkaJob;
import io.logitstream.kernel.RowKernels;
import io.logitstream.operator.ClassifiedRow;
import io.logitstream.operator.RowClassifier;
import io.logitstream.operator.ScoringPlan;
import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Our decoder, kernel and encoder as a processor of Kafka Streams. */
final class Scoring extends ContextualFixedKeyProcessor<Bytes, byte[], Scoring.Scored> {

    /**
     * What becomes of a row.
     *
     * @param prediction as JSON
     * @param lossNats 0 without a label
     */
    record Scored(byte[] prediction, double lossNats) {}

    private final Scorer scorer;

    Scoring(JobFile job) {
        scorer = new Scorer(job);
    }

    @Override
    public void process(FixedKeyRecord<Bytes, byte[]> record) {
        RecordMetadata at = context().recordMetadata().orElseThrow();
        ClassifiedRow row =
                scorer.classify(
                        new RawRecord(
                                at.topic(),
                                at.partition(),
                                at.offset(),
                                record.timestamp(),
                                record.key().get(),
                                record.value(),
                                headers(record)));
        context().forward(record.withValue(new Scored(scorer.encode(row), Scorer.lossOf(row))));
    }

    private static Header[] headers(FixedKeyRecord<Bytes, byte[]> record) {
        org.apache.kafka.common.header.Header[] theirs = record.headers().toArray();
        Header[] headers = new Header[theirs.length];
        for (int i = 0; i < theirs.length; i++) {
            headers[i] = new Header(theirs[i].key(), theirs[i].value());
        }
        return headers;
    }

    /** Decodes, classifies and encodes. */
    static final class Scorer {

        private final ScoreDecoder decoder;
        private final RowClassifier classifier;
        private final JsonPredictionEncoder encoder = new JsonPredictionEncoder();

        Scorer(JobFile job) {
            decoder = ScoreFormats.decoder(job.scores().format(), KafkaJob.limits(job.models()));
            classifier = new RowClassifier(ScoringPlan.of(job), RowKernels.create());
        }

        ClassifiedRow classify(RawRecord raw) {
            ScoreInput input = decoder.decode(raw);
            if (input.score() == null || classifier.classify(input.score()) != null) {
                throw new IllegalStateException("cannot classify " + raw);
            }
            return classifier.row();
        }

        byte[] encode(ClassifiedRow row) {
            return encoder.encode(row.prediction(), row.model());
        }

        static double lossOf(ClassifiedRow row) {
            return row.isLabelled() ? row.lossTerm().label().lossNats() : 0;
        }
    }
}
