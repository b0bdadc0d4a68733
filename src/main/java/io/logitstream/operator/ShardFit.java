package io.logitstream.operator;

import io.logitstream.record.Fault;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ShardState;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Whether the shards of a row fit each other. */
final class ShardFit {

    private ShardFit() {}

    /**
     * Checks those of a row that came.
     *
     * @param shards at least one, in the order of their indices
     * @param waitMillis how far apart they may be in event time
     */
    static @Nullable Fault check(List<ShardState> shards, long waitMillis) {
        long earliest = Long.MAX_VALUE;
        long latest = Long.MIN_VALUE;
        for (ShardState shard : shards) {
            if (shard.timestampMillis() != RawRecord.NO_TIMESTAMP) {
                earliest = Math.min(earliest, shard.timestampMillis());
                latest = Math.max(latest, shard.timestampMillis());
            }
        }
        if (earliest < latest && latest - earliest > waitMillis) {
            return ShardReducer.invalid(
                    "the shards of the row are %d ms apart, more than the %d they wait for each other"
                            .formatted(latest - earliest, waitMillis));
        }
        return checkPlaces(shards);
    }

    private static @Nullable Fault checkPlaces(List<ShardState> shards) {
        ShardState before = shards.get(0);
        if (before.shard().index() == 0 && before.shard().offset() != 0) {
            return gap(before.shard() + " starts", before.shard().offset(), "the row", 0);
        }
        for (ShardState shard : shards.subList(1, shards.size())) {
            int end = before.shard().offset() + before.length();
            int start = shard.shard().offset();
            boolean isNext = shard.shard().index() == before.shard().index() + 1;
            if (isNext ? start != end : start < end) {
                return gap(shard.shard() + " starts", start, before.shard() + " ends", end);
            }
            if (shard.label() != before.label()
                    || shard.givesLabel() != before.givesLabel()
                    || shard.weight() != before.weight()
                    || !Objects.equals(shard.segment(), before.segment())) {
                return ShardReducer.invalid(
                        "%s and %s differ in label, segment or weight"
                                .formatted(before.shard(), shard.shard()));
            }
            before = shard;
        }
        int end = before.shard().offset() + before.length();
        boolean isLast = before.shard().index() == before.shard().count() - 1;
        return isLast && end != before.shard().classes()
                ? gap(before.shard() + " ends", end, "the row ends", before.shard().classes())
                : null;
    }

    private static Fault gap(String what, int at, String other, int otherAt) {
        return ShardReducer.invalid(
                "%s at class %d, but %s at %d".formatted(what, at, other, otherAt));
    }

    /** Returns ascending numbers as text, those that follow each other as ranges. */
    static String ranges(List<Integer> numbers) {
        StringJoiner ranges = new StringJoiner(", ");
        int start = 0;
        for (int i = 0; i < numbers.size(); i++) {
            boolean isLast = i == numbers.size() - 1;
            if (isLast || numbers.get(i + 1) != numbers.get(i) + 1) {
                String from = "" + numbers.get(start);
                ranges.add(start == i ? from : from + "-" + numbers.get(i));
                start = i + 1;
            }
        }
        return ranges.toString();
    }
}
