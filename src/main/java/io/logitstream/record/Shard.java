package io.logitstream.record;

/**
 * Which part of a row a record holds. The shards of a row are numbered in the order of their
 * classes: together they are all of the row, and none overlaps another.
 *
 * @param index which of them, from 0
 * @param count how many shards the row has, 1 to {@link #MAX_COUNT}
 * @param offset the class of the first score
 * @param classes K of the whole row
 */
public record Shard(int index, int count, int offset, int classes) {

    /** The most shards a row may have. */
    public static final int MAX_COUNT = 1_024;

    @Override
    public String toString() {
        return "shard " + index + " of " + count;
    }
}
