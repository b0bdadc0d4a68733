package io.logitstream.operator;

import java.io.Serializable;

/**
 * How large an output record may be. A larger one would make the producer throw, and the job
 * restart for ever.
 *
 * @param maxRequestBytes the producer's {@code max.request.size}
 */
public record OutputLimit(int maxRequestBytes) implements Serializable {

    /** Keys from outside that are longer are not used as keys. */
    static final int MAX_KEY_BYTES = 4096;

    /** More than the record and batch headers of one record take. */
    private static final int OVERHEAD_BYTES = 512;

    /** Returns how many bytes the value may have beside a key. */
    public int maxValueBytes(byte[] key) {
        return maxRequestBytes - OVERHEAD_BYTES - key.length;
    }
}
