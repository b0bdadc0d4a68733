package io.logitstream.cli;

import io.logitstream.codec.DeadLetterEncoder;
import io.logitstream.codec.DecoderLimits;
import io.logitstream.codec.ScoreDecoder;
import io.logitstream.codec.ScoreFormats;
import io.logitstream.codec.ScoreReader;
import io.logitstream.config.JobFile;
import io.logitstream.connector.KafkaJob;
import io.logitstream.kernel.RowKernels;
import io.logitstream.operator.KernelNotice;
import io.logitstream.operator.RowClassifier;
import io.logitstream.operator.ScoringPlan;
import io.logitstream.record.DeadLetter;
import io.logitstream.record.Fault;
import io.logitstream.record.LossTerm;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The job's own decoder and classifier over a stream of bytes, without Kafka or Flink. Refused
 * records are written as dead-letter JSON lines.
 */
final class OfflineScoring {

    /** What happens to rows. */
    interface RowAction {

        /** A row could be classified; the classifier holds its results until the next one. */
        void onRow(RowClassifier classified) throws IOException;

        /** A row that could be read was refused, which counts in its window. */
        default void onRefused(LossTerm refused) {}
    }

    private final JobFile job;
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
        this.classifier = new RowClassifier(plan, RowKernels.create());
    }

    /**
     * Reads everything.
     *
     * @return how many records were refused
     */
    long run(InputStream in, RowAction action, OutputStream deadLetters) throws IOException {
        DecoderLimits limits = KafkaJob.limits(job.models());
        ScoreReader reader = ScoreFormats.reader(job.scores().format(), in, limits);
        ScoreDecoder decoder = ScoreFormats.decoder(job.scores().format(), limits);
        DeadLetterEncoder encoder = new DeadLetterEncoder();
        long refused = 0;
        for (RawRecord raw = reader.next(); raw != null; raw = reader.next()) {
            ScoreInput input = decoder.decode(raw);
            Fault fault =
                    input.score() == null ? input.fault() : classifier.classify(input.score());
            if (fault == null) {
                action.onRow(classifier);
            } else {
                refused++;
                LossTerm term =
                        input.score() == null ? null : classifier.refusedTerm(input.score());
                if (term != null) {
                    action.onRefused(term);
                }
                deadLetters.write(encoder.encode(new DeadLetter(raw, fault), Integer.MAX_VALUE));
                deadLetters.write('\n');
            }
        }
        return refused;
    }
}
