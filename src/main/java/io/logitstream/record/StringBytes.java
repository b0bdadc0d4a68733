package io.logitstream.record;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a string, whatever its chars: how many there are (int32), less than 0 if some are
 * above U+00FF; then each in one byte, or in two. Null is {@link Integer#MIN_VALUE}.
 */
final class StringBytes {

    private static final int LAST_OF_ONE_BYTE = 0xff;

    /**
     * Strings that were read, by their bytes; each is immutable, so threads may race for a place.
     */
    private static final String[] SHARED = new String[256];

    private StringBytes() {}

    static void write(@Nullable String text, DataOutput out) throws IOException {
        if (text == null) {
            out.writeInt(Integer.MIN_VALUE);
        } else if (hasOneByteEach(text)) {
            out.writeInt(text.length());
            // Flink's writeBytes leaves as many bytes behind them as it wrote.
            for (int i = 0; i < text.length(); i++) {
                out.writeByte(text.charAt(i));
            }
        } else {
            out.writeInt(-text.length());
            out.writeChars(text);
        }
    }

    private static boolean hasOneByteEach(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > LAST_OF_ONE_BYTE) {
                return false;
            }
        }
        return true;
    }

    /** Reads what may not be null. */
    static String read(DataInput in) throws IOException {
        return ofLength(in.readInt(), in);
    }

    static @Nullable String readNullable(DataInput in) throws IOException {
        int length = in.readInt();
        return length == Integer.MIN_VALUE ? null : ofLength(length, in);
    }

    /** Reads what many records have in common, such as a model's name: mostly the same object. */
    static @Nullable String readShared(DataInput in) throws IOException {
        String read = readNullable(in);
        if (read == null) {
            return null;
        }
        int place = (read.hashCode() * 31 >>> 8) & (SHARED.length - 1);
        String shared = SHARED[place];
        if (read.equals(shared)) {
            return shared;
        }
        SHARED[place] = read;
        return read;
    }

    private static String ofLength(int length, DataInput in) throws IOException {
        if (length >= 0) {
            byte[] bytes = new byte[length];
            in.readFully(bytes);
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
        char[] chars = new char[-length];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = in.readChar();
        }
        return new String(chars);
    }
}
