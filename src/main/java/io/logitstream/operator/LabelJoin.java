package io.logitstream.operator;

import static io.logitstream.record.JoinMemory.isOver;

import io.logitstream.record.JoinMemory;
import io.logitstream.record.JoinMemory.Score;
import io.logitstream.record.Label;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.LabelsSeen;
import io.logitstream.record.LedgerEntry;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossTerm;
import io.logitstream.record.LossTerm.Kind;
import io.logitstream.record.PackedRow;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.WaitingRow;
import org.jspecify.annotations.Nullable;

/**
 * Decides which label a row gets, and where every row and every label ends. All of it follows from
 * event times, so the order of arrival changes nothing, as long as nothing comes that is from
 * before what {@link #onTime} or {@link #labelsPassed} was told:
 *
 * <ul>
 *   <li>A label may be joined if it was given within {@code wait} before or after its score.
 *   <li>Of several, the one given first is joined, of equal times the lower class. One that comes
 *       first and was given later is joined at once, and taken back when the other comes. Once no
 *       other can come, the row is let go, and what is left of it is a small memory.
 *   <li>Of the others, one that says a class already said is a duplicate, else it conflicts.
 *   <li>A label given up to {@code 2 wait} after its score is too late. All others, and those whose
 *       score does not come, are orphans.
 *   <li>A second row of an id, up to {@code 2 wait} after the first, is a repeated score; the first
 *       to arrive is joined. Ids are meant to be used once: only then does the order of arrival
 *       change nothing.
 * </ul>
 *
 * Rows and labels without a time are as near to each other as can be. More than {@link
 * LabelsSeen#MAX} labels before a score, or different classes for one, are no longer told apart:
 * they count as duplicates or conflicting. Knows nothing of Flink.
 */
public final class LabelJoin {

    private final long waitMillis;
    private final long jobWindowMillis;
    private final ScoringPlan plan;
    private final WakeGrid grid;
    private final Output out;
    private long labelsMillis = Long.MIN_VALUE;

    /** Where decisions go. */
    public interface Output {
        /** A row waits for its label. */
        void waits();

        /** Something changes a window. */
        void term(LossTerm term);

        /** A row or a label ended where one would not wish it to. */
        void ledger(LedgerEntry entry);
    }

    /**
     * Creates the join of a job.
     *
     * @param plan how classes are counted, and the windows that terms are for
     * @param waitMillis how long rows and labels wait for each other
     * @param jobWindowMillis length of the job's windows: a label given after the end of its
     *     score's corrects it
     */
    public LabelJoin(ScoringPlan plan, long waitMillis, long jobWindowMillis, Output out) {
        this.plan = plan;
        this.waitMillis = waitMillis;
        this.jobWindowMillis = jobWindowMillis;
        this.grid = WakeGrid.of(waitMillis, jobWindowMillis);
        this.out = out;
    }

    /**
     * No label from before this will come any more, by what has come of them: less than event time
     * while they are silent and nobody waits for them.
     */
    public void labelsPassed(long millis) {
        labelsMillis = millis;
    }

    /** A row came; event time is so far. */
    public void onRow(JoinSlot slot, PackedRow row, long nowMillis) {
        long millis = row.timestampMillis();
        JoinMemory memory = slot.memory();
        if (memory.hasScore() && distance(memory.scoreMillis(), millis) > 2 * waitMillis) {
            expire(slot);
            memory = slot.memory().withoutScore();
        }
        if (memory.hasScore()) {
            out.term(event(Kind.REPEATED_SCORE, row.model(), row.segment(), millis));
            out.ledger(entry(Kind.REPEATED_SCORE, slot, row.segment(), millis, null));
            return;
        }
        out.waits();
        slot.setRow(row);
        slot.setMemory(memory.with(row));
        LabelsSeen early = memory.labels();
        for (int i = 0; i < early.size(); i++) {
            judge(slot, early.label(i, row.model(), row.id()), Long.MIN_VALUE);
        }
        rest(slot, nowMillis);
    }

    /** A label came; event time is so far. */
    public void onLabel(JoinSlot slot, Label label, long nowMillis) {
        judge(slot, label, nowMillis);
        rest(slot, nowMillis);
    }

    /** Judges a label. Event time was so far when it was read, or less if its row came later. */
    private void judge(JoinSlot slot, Label label, long readMillis) {
        JoinMemory memory = slot.memory();
        long delay = distance(memory.scoreMillis(), label.timestampMillis());
        if (!memory.hasScore() || delay < -waitMillis || delay > 2 * waitMillis) {
            waitForScore(slot, memory, label);
        } else {
            boolean isOver = isOver(memory.scoreMillis(), waitMillis, readMillis);
            if (isOver || memory.score() == Score.OVER || delay > waitMillis) {
                end(Kind.TOO_LATE, slot, memory, label, label.timestampMillis());
            } else if (memory.labels().joined() < 0) {
                join(slot, memory, slot.row().open(), label, delay);
            } else {
                judgeAnother(slot, memory, label, delay);
            }
        }
    }

    private void waitForScore(JoinSlot slot, JoinMemory memory, Label label) {
        if (memory.labels().size() >= LabelsSeen.MAX) {
            end(Kind.DUPLICATE, slot, JoinMemory.NONE, label, label.timestampMillis());
            return;
        }
        slot.setMemory(memory.with(memory.labels().with(label, LabelsSeen.EARLY)));
    }

    private void join(JoinSlot slot, JoinMemory memory, WaitingRow row, Label label, long delay) {
        out.term(matched(row, label, delay));
        slot.setMemory(memory.with(memory.labels().joining(label)));
    }

    private void judgeAnother(JoinSlot slot, JoinMemory memory, Label label, long delay) {
        LabelsSeen seen = memory.labels();
        boolean isSaid = seen.says(label.classIndex());
        boolean hasRoom = seen.size() < LabelsSeen.MAX;
        Label used = seen.label(seen.joined(), label.model(), label.id());
        // One that was let go has the label that it keeps.
        PackedRow row = hasRoom && label.isBefore(used) ? slot.row() : null;
        Kind kind = isSaid ? Kind.DUPLICATE : Kind.CONFLICTING;
        end(kind, slot, memory, row != null ? used : label, memory.scoreMillis());
        if (row != null) {
            WaitingRow opened = row.open();
            long usedDelay = distance(memory.scoreMillis(), used.timestampMillis());
            out.term(matched(opened, used, usedDelay).withdrawn());
            join(slot, memory, opened, label, delay);
        } else if (hasRoom && !isSaid) {
            slot.setMemory(memory.with(seen.with(label, LabelsSeen.OTHER)));
        }
    }

    /** Ends a label, in the window of a time. */
    private void end(Kind kind, JoinSlot slot, JoinMemory memory, Label label, long millis) {
        out.term(event(kind, label.model(), memory.segment(), millis));
        out.ledger(entry(kind, slot, memory.segment(), memory.scoreMillis(), label));
    }

    private LossTerm matched(WaitingRow row, Label label, long delayMillis) {
        boolean isOfRow = label.classIndex() < row.numClasses();
        LabelFigures figures =
                label.classIndex() == ScoreRecord.NO_LABEL
                        ? null
                        : row.judge(label.classIndex(), label.classWeight());
        return new LossTerm(
                row.model(),
                row.segment(),
                windowStart(row.timestampMillis()),
                isInTime(row, label) ? Kind.MATCHED : Kind.CORRECTED,
                1,
                row.weight(),
                row.confidence(),
                0,
                row.predictedClass(),
                isOfRow && plan.countsClasses(row.numClasses()),
                figures,
                delayMillis,
                0,
                row.certainty(),
                null,
                null,
                null,
                null);
    }

    private boolean isInTime(WaitingRow row, Label label) {
        if (row.timestampMillis() == RawRecord.NO_TIMESTAMP
                || label.timestampMillis() == RawRecord.NO_TIMESTAMP) {
            return true;
        }
        long start = LossAggregate.Window.startOf(row.timestampMillis(), jobWindowMillis);
        return label.timestampMillis() < start + jobWindowMillis;
    }

    /**
     * Ends what has waited long enough. To be called when event time has passed the {@link
     * JoinMemory#wakeMillis} of the slot.
     *
     * @param nowMillis no row and no label from before this will come any more
     */
    public void onTime(JoinSlot slot, long nowMillis) {
        if (slot.memory().isWaiting()
                && isOver(slot.memory().scoreMillis(), waitMillis, nowMillis)) {
            expire(slot);
        }
        JoinMemory memory = slot.memory();
        if (memory.hasScore()
                && !memory.isWaiting()
                && isOver(memory.scoreMillis(), 2 * waitMillis, nowMillis)) {
            memory = memory.withoutScore();
        }
        LabelsSeen left = memory.labels();
        for (int i = left.size() - 1; i >= 0; i--) {
            Label label = left.label(i, slot.key().model(), slot.key().id());
            if (left.isEarly(i) && isOver(label.timestampMillis(), waitMillis, nowMillis)) {
                end(Kind.ORPHAN, slot, JoinMemory.NONE, label, label.timestampMillis());
                left = left.without(i);
            }
        }
        slot.setMemory(memory.with(left));
        rest(slot, nowMillis);
    }

    /**
     * Lets go of a row whose label is certain, and sees to it that what is held is looked at in
     * time. The wait may have been shorter when the row or the label came.
     */
    private void rest(JoinSlot slot, long nowMillis) {
        JoinMemory memory = slot.memory();
        if (memory.isWaiting() && memory.isSettled(labelsMillis)) {
            slot.setRow(null);
            memory = memory.settled();
        }
        long wake = grid.from(memory.endMillis(waitMillis, nowMillis));
        slot.setMemory(memory.wakingAt(wake));
    }

    /** Lets go of the row, but not of the memory of it. */
    private void expire(JoinSlot slot) {
        JoinMemory memory = slot.memory();
        if (!memory.isWaiting()) {
            return;
        }
        if (memory.labels().joined() < 0) {
            long millis = memory.scoreMillis();
            out.term(event(Kind.EXPIRED, slot.key().model(), memory.segment(), millis));
            out.ledger(entry(Kind.EXPIRED, slot, memory.segment(), millis, null));
        }
        slot.setRow(null);
        slot.setMemory(memory.over());
    }

    /** Returns how much later the second time is, 0 if one of them is not known. */
    private static long distance(long first, long second) {
        return first == RawRecord.NO_TIMESTAMP || second == RawRecord.NO_TIMESTAMP
                ? 0
                : second - first;
    }

    private long windowStart(long millis) {
        return LossAggregate.Window.startOf(millis, plan.windowMillis());
    }

    private LossTerm event(Kind kind, String model, @Nullable String segment, long millis) {
        return LossTerm.event(kind, model, segment, windowStart(millis));
    }

    private static LedgerEntry entry(
            Kind kind,
            JoinSlot slot,
            @Nullable String segment,
            long scoreMillis,
            @Nullable Label label) {
        return new LedgerEntry(
                kind,
                slot.key().model(),
                slot.key().id(),
                segment,
                scoreMillis,
                label == null ? ScoreRecord.NO_LABEL : label.classIndex(),
                label == null ? RawRecord.NO_TIMESTAMP : label.timestampMillis());
    }
}
