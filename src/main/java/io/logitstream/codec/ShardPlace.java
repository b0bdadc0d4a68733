package io.logitstream.codec;

import static io.logitstream.record.FaultReason.INVALID_FIELD;

import io.logitstream.record.Shard;
import org.jspecify.annotations.Nullable;

/** The numbers that place a shard, while its record is decoded. Not thread-safe. */
final class ShardPlace {

    private final int[] numbers = new int[Field.ofShard().size()];

    void set(Field field, int number) {
        numbers[field.placeInShard()] = number;
    }

    /**
     * Returns the shard that a record is, or null if it is none.
     *
     * @throws FaultException if it has some of the numbers and not all
     */
    @Nullable Shard of(RecordFields record) throws FaultException {
        Field missing = null;
        int given = 0;
        for (Field field : Field.ofShard()) {
            if (record.hasSeen(field)) {
                given++;
            } else {
                missing = field;
            }
        }
        if (given == 0) {
            return null;
        }
        if (missing != null) {
            throw new FaultException(INVALID_FIELD, missing + " is missing");
        }
        return new Shard(
                number(Field.SHARD_INDEX),
                number(Field.SHARD_COUNT),
                number(Field.SHARD_OFFSET),
                number(Field.SHARD_CLASSES));
    }

    private int number(Field field) {
        return numbers[field.placeInShard()];
    }
}
