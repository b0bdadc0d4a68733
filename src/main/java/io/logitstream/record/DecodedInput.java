package io.logitstream.record;

/**
 * What decoding made of a record, or of one of its rows, with the record it came from.
 *
 * @param <T> itself
 */
public interface DecodedInput<T extends DecodedInput<T>> {

    /** Returns the record as it was read. */
    RawRecord raw();

    /** Returns about how many bytes it has on the heap, without the record. */
    long heapBytes();

    /** Returns this beside another record. */
    T withRaw(RawRecord other);
}
