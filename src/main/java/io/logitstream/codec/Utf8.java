package io.logitstream.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Strict UTF-8: overlong forms, surrogates and code points above U+10FFFF are refused, as the table
 * of well-formed byte sequences in the Unicode Standard (version 16, table 3-7) has it.
 */
final class Utf8 {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    static boolean isValid(byte[] bytes) {
        return firstInvalid(bytes) < 0;
    }

    /** Returns where the first malformed sequence starts, or -1 if there is none. */
    static int firstInvalid(byte[] bytes) {
        return firstInvalid(bytes, bytes.length);
    }

    /** Does so for the bytes before the end. */
    static int firstInvalid(byte[] bytes, int end) {
        int i = 0;
        while (true) {
            i = skipAscii(bytes, i, end);
            if (i == end) {
                return -1;
            }
            int length = sequenceLength(bytes, i, end);
            if (length == 0) {
                return i;
            }
            i += length;
        }
    }

    /** Returns the last place at or before limit where a code point of valid UTF-8 starts. */
    static int floorBoundary(byte[] valid, int limit) {
        int i = limit;
        while (i > 0 && i < valid.length && (valid[i] & 0xC0) == 0x80) {
            i--;
        }
        return i;
    }

    private static int skipAscii(byte[] bytes, int from, int end) {
        int i = from;
        for (; i <= end - Long.BYTES; i += Long.BYTES) {
            if (((long) LONGS.get(bytes, i) & HIGH_BITS) != 0) {
                break;
            }
        }
        while (i < end && bytes[i] >= 0) {
            i++;
        }
        return i;
    }

    /** Length of the well-formed sequence of two to four bytes at i, or 0. */
    private static int sequenceLength(byte[] bytes, int i, int end) {
        int lead = bytes[i] & 0xFF;
        if (lead < 0xC2 || lead > 0xF4) {
            return 0;
        }
        int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (end - i < length) {
            return 0;
        }
        int second = bytes[i + 1] & 0xFF;
        // The second byte's range is what shuts out overlong forms, surrogates and the too large.
        int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < low || second > high) {
            return 0;
        }
        for (int k = 2; k < length; k++) {
            if ((bytes[i + k] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
}
