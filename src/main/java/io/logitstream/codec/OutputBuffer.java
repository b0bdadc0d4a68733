package io.logitstream.codec;

import java.io.ByteArrayOutputStream;

/**
 * Bytes that are collected for one record after the other. Gives memory back after a large record,
 * so that one of them does not hold it for good.
 */
final class OutputBuffer extends ByteArrayOutputStream {

    private static final int FIRST_BYTES = 1 << 10;
    private static final int MAX_KEPT_BYTES = 1 << 20;

    OutputBuffer() {
        super(FIRST_BYTES);
    }

    @Override
    public synchronized void reset() {
        super.reset();
        if (buf.length > MAX_KEPT_BYTES) {
            buf = new byte[FIRST_BYTES];
        }
    }
}
