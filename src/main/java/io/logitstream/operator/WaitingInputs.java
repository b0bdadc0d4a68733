package io.logitstream.operator;

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

/**
 * Records that wait for their model, in the order they came, each for the same time; after a
 * restore they wait anew. Not thread-safe.
 *
 * @param <T> the records; they are kept as they are
 */
final class WaitingInputs<T> {

    private final Deque<Waiting<T>> waiting = new ArrayDeque<>();
    private final ListState<T> state;
    private final long waitMillis;
    private final int most;

    private record Waiting<T>(T input, long untilMillis) {}

    /**
     * Creates those of a state.
     *
     * @param nowMillis the wall-clock time
     */
    WaitingInputs(
            OperatorStateStore store, Class<T> type, long waitMillis, int most, long nowMillis)
            throws Exception {
        this.waitMillis = waitMillis;
        this.most = most;
        state =
                store.getListState(
                        new ListStateDescriptor<>(
                                StateIds.WAITING_INPUTS, TypeInformation.of(type)));
        for (T input : state.get()) {
            waiting.add(new Waiting<>(input, nowMillis + waitMillis));
        }
    }

    void snapshot() throws Exception {
        List<T> inputs = new ArrayList<>(waiting.size());
        waiting.forEach(each -> inputs.add(each.input));
        state.update(inputs);
    }

    boolean hasRoom() {
        return waiting.size() < most;
    }

    void add(T input, long nowMillis) {
        waiting.add(new Waiting<>(input, nowMillis + waitMillis));
    }

    /** Returns those that wait no more since their model is there, and forgets them. */
    List<T> take(Predicate<T> isOfModel) {
        List<T> taken = new ArrayList<>();
        for (Iterator<Waiting<T>> all = waiting.iterator(); all.hasNext(); ) {
            T input = all.next().input;
            if (isOfModel.test(input)) {
                taken.add(input);
                all.remove();
            }
        }
        return taken;
    }

    /** Returns those that have waited long enough, and forgets them. */
    List<T> takeOver(long nowMillis) {
        List<T> over = new ArrayList<>();
        while (!waiting.isEmpty() && waiting.peek().untilMillis <= nowMillis) {
            over.add(waiting.remove().input);
        }
        return over;
    }
}
