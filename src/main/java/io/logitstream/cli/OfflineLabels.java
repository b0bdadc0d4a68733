package io.logitstream.cli;

import io.logitstream.codec.DeadLetterEncoder;
import io.logitstream.codec.JsonLabelDecoder;
import io.logitstream.codec.ScoreFormats;
import io.logitstream.codec.ScoreReader;
import io.logitstream.config.JobFile;
import io.logitstream.connector.KafkaJob;
import io.logitstream.operator.LabelJoin;
import io.logitstream.operator.LabelResolver;
import io.logitstream.operator.MemoryJoinSlot;
import io.logitstream.operator.ScoringPlan;
import io.logitstream.record.DeadLetter;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.Label;
import io.logitstream.record.LabelInput;
import io.logitstream.record.LabelKey;
import io.logitstream.record.LedgerEntry;
import io.logitstream.record.LossTerm;
import io.logitstream.record.PackedRow;
import io.logitstream.record.RawRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The job's own label join without Flink: first all labels are read, then each row is judged as it
 * comes, so that only labels and ids are held in memory. Not thread-safe.
 */
final class OfflineLabels {

    private final Map<LabelKey, MemoryJoinSlot> slots = new HashMap<>();
    private final JobFile job;
    private final ScoringPlan plan;
    private final LabelJoin join;

    /**
     * Creates the join of a job that has labels.
     *
     * @param plan the windows that terms are for
     * @param terms takes what changes the windows
     */
    OfflineLabels(JobFile job, ScoringPlan plan, Consumer<LossTerm> terms) {
        this.job = job;
        this.plan = plan;
        this.join =
                new LabelJoin(
                        plan,
                        job.labels().waitMillis(),
                        job.losses().windowMillis(),
                        new TermsOnly(terms));
    }

    private record TermsOnly(Consumer<LossTerm> terms) implements LabelJoin.Output {

        @Override
        public void waits() {}

        @Override
        public void term(LossTerm term) {
            terms.accept(term);
        }

        @Override
        public void ledger(LedgerEntry entry) {}
    }

    /**
     * Reads all labels, before the first row.
     *
     * @return how many records were refused; they are written as dead-letter JSON lines
     */
    long read(InputStream in, OutputStream deadLetters) throws IOException {
        ScoreReader reader = ScoreFormats.lines(in);
        JsonLabelDecoder decoder = new JsonLabelDecoder(KafkaJob.limits(job.models()));
        LabelResolver resolver = new LabelResolver(job.models());
        DeadLetterEncoder encoder = new DeadLetterEncoder();
        long refused = 0;
        for (RawRecord raw = reader.next(); raw != null; raw = reader.next()) {
            LabelInput input = decoder.decode(raw);
            Fault fault = input.label() == null ? input.fault() : resolver.check(input.label());
            if (fault == null && isTimeless(input)) {
                fault =
                        new Fault(
                                FaultReason.INVALID_TIMESTAMP,
                                "the label has no timestamp, but windows need one");
            }
            if (fault == null) {
                Label label = resolver.resolve(input.label());
                join.onLabel(slot(label.model(), label.id()), label, Long.MIN_VALUE);
            } else {
                refused++;
                deadLetters.write(encoder.encode(new DeadLetter(raw, fault), Integer.MAX_VALUE));
                deadLetters.write('\n');
            }
        }
        return refused;
    }

    private boolean isTimeless(LabelInput input) {
        return plan.windowMillis() > 0 && input.label().timestampMillis() == RawRecord.NO_TIMESTAMP;
    }

    /** Joins a row that waits to the labels that were read. */
    void add(PackedRow row) {
        MemoryJoinSlot slot = slot(row.model(), row.id());
        join.onRow(slot, row, Long.MIN_VALUE);
        // No label comes any more that would be judged with it.
        slot.setRow(null);
    }

    /** Ends all waits, which no time ends before. */
    void finish() {
        slots.values().forEach(slot -> join.onTime(slot, Long.MAX_VALUE));
    }

    private MemoryJoinSlot slot(String model, String id) {
        return slots.computeIfAbsent(new LabelKey(model, id), MemoryJoinSlot::new);
    }
}
