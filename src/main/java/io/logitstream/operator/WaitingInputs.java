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
    private final List<Waiting<T>> restored = new ArrayList<>();

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
            for (T row : rows) {
                boolean isFirst = row == rows.get(0);
                restored.add(counted(row.withRaw(raw), isFirst, Long.MAX_VALUE));
            }
        }
    }

    void snapshot() throws Exception {
        List<Waiting<T>> inputs = new ArrayList<>(restored);
        inputs.addAll(waiting);
        List<List<T>> records = new ArrayList<>();
        RawRecord last = null;
        for (Waiting<T> each : inputs) {
            T input = each.input;
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
        boolean isFirst = last == null || last.input.raw() != input.raw();
        waiting.add(counted(input, isFirst, end(nowMillis)));
    }

    /** Returns what waits, and counts its bytes, and those of the record with its first row. */
    private Waiting<T> counted(T input, boolean isFirst, long untilMillis) {
        long size = input.heapBytes() + (isFirst ? input.raw().heapBytes() : 0);
        bytes += size;
        return new Waiting<>(input, untilMillis, size);
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
            Waiting<T> each = restored.get(i);
            waiting.addFirst(new Waiting<>(each.input, end(nowMillis), each.bytes));
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
