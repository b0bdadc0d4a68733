package io.logitstream.operator;

import io.logitstream.record.LabelKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.internal.InternalKvState;
import org.apache.flink.streaming.api.operators.InternalTimerService;

/**
 * Which ids the label join looks at when: a list and a timer for each time and key group, in place
 * of timers for each id, which took 45 % of the CPU of the job. The list is the state of a key that
 * no id has, in the key group of its ids, so that it goes where they go.
 *
 * <p>Sets the current key, and leaves it set.
 */
final class JoinWakes {

    private final KeyedStateBackend<LabelKey> backend;
    private final ListState<LabelKey> lists;
    private final InternalKvState<?, Long, ?> byTime;
    private final InternalTimerService<Long> timers;
    private final LabelKey[] holders;

    /**
     * Creates the lists of a subtask.
     *
     * @param backend of the lists and of what the ids have
     * @param lists whose namespace is a time in milliseconds
     * @param timers whose namespace is the list
     * @param maxParallelism how many key groups there are
     */
    @SuppressWarnings("unchecked") // the state of every backend has a namespace
    JoinWakes(
            KeyedStateBackend<LabelKey> backend,
            ListState<LabelKey> lists,
            InternalTimerService<Long> timers,
            int maxParallelism) {
        this.backend = backend;
        this.lists = lists;
        this.byTime = (InternalKvState<?, Long, ?>) lists;
        this.timers = timers;
        this.holders = holders(maxParallelism);
    }

    /** Returns a key for each key group: the first of its own in an order that never changes. */
    private static LabelKey[] holders(int keyGroups) {
        LabelKey[] holders = new LabelKey[keyGroups];
        int missing = keyGroups;
        for (int i = 0; missing > 0; i++) {
            // No model has an empty name.
            LabelKey key = new LabelKey("", Integer.toString(i));
            int group = KeyGroupRangeAssignment.assignToKeyGroup(key, keyGroups);
            if (holders[group] == null) {
                holders[group] = key;
                missing--;
            }
        }
        return holders;
    }

    /** Returns how far event time has come. */
    long nowMillis() {
        return timers.currentWatermark();
    }

    /** Puts an id on the list of a time. */
    void add(LabelKey id, long millis) throws Exception {
        int group = KeyGroupRangeAssignment.assignToKeyGroup(id, holders.length);
        backend.setCurrentKey(holders[group]);
        byTime.setCurrentNamespace(millis);
        lists.add(id);
        timers.registerEventTimeTimer(millis, millis);
    }

    /** Takes the list of a time, of the current key. */
    Iterable<LabelKey> take(long millis) throws Exception {
        byTime.setCurrentNamespace(millis);
        Iterable<LabelKey> due = lists.get();
        lists.clear();
        return due == null ? List.of() : due;
    }

    /** Whether an id, which is the current key, still waits for a time. */
    interface Waits {
        boolean until(LabelKey id, long millis) throws Exception;
    }

    private record Place(LabelKey holder, long millis) {}

    /** Takes ids from all lists that do not wait for their time any more. */
    void sweep(Waits waits) throws Exception {
        List<Place> empty = new ArrayList<>();
        timers.forEachEventTimeTimer(
                (list, due) -> {
                    LabelKey holder = backend.getCurrentKey();
                    List<LabelKey> left = new ArrayList<>();
                    for (LabelKey id : take(list)) {
                        backend.setCurrentKey(id);
                        if (waits.until(id, list)) {
                            left.add(id);
                        }
                    }
                    if (left.isEmpty()) {
                        empty.add(new Place(holder, list));
                    } else {
                        backend.setCurrentKey(holder);
                        byTime.setCurrentNamespace(list);
                        lists.update(left);
                    }
                });
        for (Place place : empty) {
            backend.setCurrentKey(place.holder);
            timers.deleteEventTimeTimer(place.millis, place.millis);
        }
    }
}
