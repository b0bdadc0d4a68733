package io.logitstream.operator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Records that wait for their model, in the order they came, each for the same time; after a
 * restore they wait anew. Not thread-safe.
 *
 * @param <T> the records; they are kept as they are
 */
final class WaitingInputs<T> {

    private final Deque<Waiting<T>> waiting = new ArrayDeque<>();

    /** Those of the state, until somebody says what time it is. */
    private final List<T> restored = new ArrayList<>();

    private final ListState<T> state;
    private final long waitMillis;
    private final int most;

    private record Waiting<T>(T input, long untilMillis) {}

    /** Creates those of a state. */
    WaitingInputs(OperatorStateStore store, Class<T> type, long waitMillis, int most)
            throws Exception {
        this.waitMillis = waitMillis;
        this.most = most;
        state =
                store.getListState(
                        new ListStateDescriptor<>(
                                StateIds.WAITING_INPUTS, TypeInformation.of(type)));
        for (T input : state.get()) {
            restored.add(input);
        }
    }

    void snapshot() throws Exception {
        List<T> inputs = new ArrayList<>(restored);
        waiting.forEach(each -> inputs.add(each.input));
        state.update(inputs);
    }

    boolean hasRoom() {
        return restored.size() + waiting.size() < most;
    }

    void add(T input, long nowMillis) {
        waiting.add(new Waiting<>(input, end(nowMillis)));
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
            waiting.addFirst(new Waiting<>(restored.get(i), end(nowMillis)));
        }
        restored.clear();
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<T> taken = new ArrayList<>();
        waiting.removeIf(
                each ->
                        (each.untilMillis <= nowMillis || isKnown.test(each.input))
                                && taken.add(each.input));
        return taken;
    }
}
