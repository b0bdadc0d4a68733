package io.logitstream.operator;

import io.logitstream.record.DecodedInput;
import io.logitstream.record.RawRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;

/**
 * Records that wait for their model, in the order they came, each for the same time; after a
 * restore they wait anew. The state has the bytes of a record once, however many of its rows wait;
 * a checkpoint has a copy of it on the heap. Not thread-safe.
 *
 * @param <T> the records, or their rows; they are kept as they are
 */
final class WaitingInputs<T extends DecodedInput<T>> {

    /** More do not wait in a subtask, by their bytes. */
    static final long MOST_BYTES = 64 << 20;

    private final Deque<Waiting<T>> waiting = new ArrayDeque<>();

    /** Those of the state, until somebody says what time it is. */
    private final List<T> restored = new ArrayList<>();

    private final ListState<List<T>> state;
    private final long waitMillis;
    private final int most;
    private long bytes;

    private record Waiting<T>(T input, long untilMillis, long bytes) {}

    /** Creates those of a state. */
    WaitingInputs(OperatorStateStore store, Class<T> type, long waitMillis, int most)
            throws Exception {
        this.waitMillis = waitMillis;
        this.most = most;
        state =
                store.getListState(
                        new ListStateDescriptor<>(
                                StateIds.WAITING_INPUTS, Types.LIST(TypeInformation.of(type))));
        for (List<T> rows : state.get()) {
            RawRecord raw = rows.get(0).raw();
            rows.forEach(row -> restored.add(row.withRaw(raw)));
        }
    }

    void snapshot() throws Exception {
        List<T> inputs = new ArrayList<>(restored);
        waiting.forEach(each -> inputs.add(each.input));
        List<List<T>> records = new ArrayList<>();
        RawRecord last = null;
        for (T input : inputs) {
            if (input.raw() == last) {
                records.get(records.size() - 1).add(input.withRaw(last.withoutBytes()));
            } else {
                last = input.raw();
                records.add(new ArrayList<>(List.of(input)));
            }
        }
        state.update(records);
    }

    boolean hasRoom() {
        return restored.size() + waiting.size() < most && bytes < MOST_BYTES;
    }

    void add(T input, long nowMillis) {
        Waiting<T> last = waiting.peekLast();
        boolean isOfLast = last != null && last.input.raw() == input.raw();
        waiting.add(waiting(input, isOfLast ? null : input.raw(), nowMillis));
    }

    /**
     * Returns what waits, counted.
     *
     * @param raw the record, if it does not count already
     */
    private Waiting<T> waiting(T input, @Nullable RawRecord raw, long nowMillis) {
        long size = input.decodedBytes() + (raw == null ? 0 : raw.numBytes());
        bytes += size;
        return new Waiting<>(input, end(nowMillis), size);
    }

    private long end(long nowMillis) {
        return nowMillis > Long.MAX_VALUE - waitMillis ? Long.MAX_VALUE : nowMillis + waitMillis;
    }

    /**
     * Returns those that wait no more, since their model is there or they have waited long enough,
     * and forgets them.
     */
    List<T> take(Predicate<T> isKnown, long nowMillis) {
        for (int i = restored.size() - 1; i >= 0; i--) {
            RawRecord raw = restored.get(i).raw();
            boolean isCounted = i > 0 && restored.get(i - 1).raw() == raw;
            waiting.addFirst(waiting(restored.get(i), isCounted ? null : raw, nowMillis));
        }
        restored.clear();
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<T> taken = new ArrayList<>();
        for (Iterator<Waiting<T>> all = waiting.iterator(); all.hasNext(); ) {
            Waiting<T> each = all.next();
            if (each.untilMillis <= nowMillis || isKnown.test(each.input)) {
                all.remove();
                bytes -= each.bytes;
                taken.add(each.input);
            }
        }
        return taken;
    }
}
