package io.logitstream.cli;

import io.logitstream.config.JobFile;
import io.logitstream.record.Drift;
import io.logitstream.record.DriftBaseline;
import io.logitstream.record.DriftReference;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossKey;
import io.logitstream.record.LossState;
import io.logitstream.record.LossTerm;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Loss states per model, window and segment, and per model and window over all segments. What the
 * job spreads over operators, for one process. Not thread-safe.
 */
final class LossTable {

    private static final Comparator<Slot> ORDER =
            Comparator.comparing(Slot::model)
                    .thenComparing(Slot::windowStartMillis)
                    .thenComparing(slot -> !slot.segment().equals(LossAggregate.ALL_SEGMENTS))
                    .thenComparing(Slot::segment);

    private final JobFile job;
    private final long windowMillis;
    private final Map<Slot, LossState> states = new TreeMap<>(ORDER);

    /** Empty segment: rows without one. */
    private record Slot(String model, String segment, long windowStartMillis) {}

    /**
     * Creates an empty table.
     *
     * @param job the job whose losses they are
     * @param windowMillis length of the windows, or 0 if the table covers a whole input
     */
    LossTable(JobFile job, long windowMillis) {
        this.job = job;
        this.windowMillis = windowMillis;
    }

    void add(LossTerm term) {
        String segment = term.segment() == null ? "" : term.segment();
        stateOf(new Slot(term.model(), segment, term.windowStartMillis())).add(term);
        stateOf(new Slot(term.model(), LossAggregate.ALL_SEGMENTS, term.windowStartMillis()))
                .add(term);
    }

    private LossState stateOf(Slot slot) {
        return states.computeIfAbsent(slot, absent -> new LossState());
    }

    /**
     * Returns the aggregates by model, then window, then segment, the line over all segments first.
     */
    List<LossAggregate> aggregates() {
        List<LossAggregate> aggregates = new ArrayList<>();
        Map<LossKey, DriftBaseline> baselines = new HashMap<>();
        states.forEach((slot, state) -> aggregates.add(aggregate(slot, state, baselines)));
        return aggregates;
    }

    private LossAggregate aggregate(
            Slot slot, LossState state, Map<LossKey, DriftBaseline> baselines) {
        long start = slot.windowStartMillis();
        long end = start + windowMillis;
        DriftReference reference = job.model(slot.model()).drift();
        Drift drift = null;
        if (reference.hasShares()) {
            drift = Drift.between(state.classes(), reference.shares());
        } else if (windowMillis > 0 && reference.firstWindows() > 0) {
            int wanted = reference.firstWindows();
            LossKey key = new LossKey(slot.model(), slot.segment());
            DriftBaseline before = baselines.getOrDefault(key, DriftBaseline.NONE);
            drift = before.compare(state.classes(), end, wanted, job.windowsKeptMillis());
            baselines.put(key, before.with(end, state.classes().predicted(), wanted));
        }
        return new LossAggregate(
                slot.model(),
                slot.segment().isEmpty() ? null : slot.segment(),
                windowMillis == 0 ? null : new LossAggregate.Window(start, end),
                1,
                state,
                drift);
    }
}
