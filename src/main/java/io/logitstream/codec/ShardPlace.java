package io.logitstream.codec;

import static io.logitstream.record.FaultReason.INVALID_FIELD;

import io.logitstream.record.Shard;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The numbers that place a shard, while its record is decoded. Not thread-safe. */
final class ShardPlace {

    private static final int ABSENT = -1;

    private final int[] numbers = new int[Field.ofShard().size()];

    private boolean isBegun;

    void clear() {
        Arrays.fill(numbers, ABSENT);
        isBegun = false;
    }

    /** Notes that the record is a shard, so that all of the numbers have to come. */
    void begin() {
        isBegun = true;
    }

    void set(Field field, int number) {
        isBegun = true;
        numbers[field.placeInShard()] = number;
    }

    /**
     * Returns the shard that a record is, or null if it is none.
     *
     * @throws FaultException if it has not all of the numbers
     */
    @Nullable Shard shard() throws FaultException {
        if (!isBegun) {
            return null;
        }
        for (Field field : Field.ofShard()) {
            if (number(field) == ABSENT) {
                throw new FaultException(INVALID_FIELD, field + " is missing");
            }
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
