package io.logitstream.cli;

import io.logitstream.codec.DeadLetterEncoder;
import io.logitstream.codec.DecoderLimits;
import io.logitstream.codec.ScoreDecoder;
import io.logitstream.codec.ScoreFormats;
import io.logitstream.codec.ScoreReader;
import io.logitstream.config.JobFile;
import io.logitstream.connector.KafkaJob;
import io.logitstream.kernel.RowKernels;
import io.logitstream.operator.ClassifiedRow;
import io.logitstream.operator.KernelNotice;
import io.logitstream.operator.RowClassifier;
import io.logitstream.operator.ScoringPlan;
import io.logitstream.record.DeadLetter;
import io.logitstream.record.Fault;
import io.logitstream.record.LossTerm;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ScoreRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The job's own decoder and classifier over a stream of bytes, without Kafka or Flink. Refused
 * records are written as dead-letter JSON lines.
 */
final class OfflineScoring {

    /** What happens to rows. */
    interface RowAction {

        /** A row could be classified; valid until the next one. */
        void onRow(ClassifiedRow row) throws IOException;

        /** A row that could be read was refused, which counts in its window. */
        default void onRefused(LossTerm refused) {}

        /** A shard has become its part of a distribution, in JSON. */
        default void onDistribution(byte[] json) throws IOException {}
    }

    private final JobFile job;
    private final ScoringPlan plan;
    private final RowClassifier classifier;

    /**
     * Creates a run over one input.
     *
     * @param job the job file
     * @param plan what is wanted of the rows
     */
    OfflineScoring(JobFile job, ScoringPlan plan) {
        KernelNotice.giveOnce();
        this.job = job;
        this.plan = plan;
        this.classifier = new RowClassifier(plan, RowKernels.create());
    }

    /**
     * Reads everything.
     *
     * @return how many dead letters there were
     */
    long run(InputStream in, RowAction action, OutputStream deadLetters) throws IOException {
        DecoderLimits ofModels = KafkaJob.limits(job.models());
        ScoreReader reader = ScoreFormats.reader(job.scores().format(), in, ofModels);
        ScoreDecoder decoder = ScoreFormats.decoder(job.scores().format(), KafkaJob.limits(job));
        Refusing refusing = new Refusing(action, deadLetters);
        OfflineShards shards =
                job.shards() == null ? null : new OfflineShards(job.shards(), plan, refusing);
        for (RawRecord raw = reader.next(); raw != null; raw = reader.next()) {
            ScoreInput input = decoder.decode(raw);
            while (input != null) {
                score(input, refusing, shards);
                input = decoder.next();
            }
        }
        if (shards != null) {
            shards.finish();
        }
        return refusing.count;
    }

    private void score(ScoreInput input, Refusing action, @Nullable OfflineShards shards)
            throws IOException {
        ScoreRecord row = input.score();
        Fault fault = row == null ? input.fault() : classifier.classify(row);
        if (fault != null) {
            LossTerm term = row == null ? null : classifier.refusedTerm(row);
            if (term != null) {
                action.onRefused(term);
            }
            action.onFault(input.raw(), fault);
        } else if (row.shard() == null) {
            action.onRow(classifier.row());
        } else {
            shards.add(classifier.shard(row, input.raw()), row.scores());
        }
    }

    /** Writes dead letters beside what another action does. */
    private static final class Refusing implements OfflineShards.Action {
        private final RowAction action;
        private final OutputStream deadLetters;
        private final DeadLetterEncoder encoder = new DeadLetterEncoder();
        private long count;
        private @Nullable RawRecord buried;

        Refusing(RowAction action, OutputStream deadLetters) {
            this.action = action;
            this.deadLetters = deadLetters;
        }

        @Override
        public void onRow(ClassifiedRow row) throws IOException {
            action.onRow(row);
        }

        @Override
        public void onRefused(LossTerm refused) {
            action.onRefused(refused);
        }

        @Override
        public void onDistribution(byte[] json) throws IOException {
            action.onDistribution(json);
        }

        @Override
        public void onFault(RawRecord raw, Fault fault) throws IOException {
            count++;
            RawRecord shown = raw == buried ? raw.withoutBytes() : raw;
            buried = raw;
            deadLetters.write(encoder.encode(new DeadLetter(shown, fault), Integer.MAX_VALUE));
            deadLetters.write('\n');
        }
    }
}
