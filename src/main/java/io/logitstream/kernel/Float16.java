package io.logitstream.kernel;

/**
 * IEEE 754 binary16, which JDK 17 does not have: 11 significant bits, at most 65,504, normal from
 * 2^-14, subnormal down to 2^-24.
 */
public final class Float16 {

    /** The largest finite number. */
    public static final float MAX = 65_504f;

    private static final int INFINITY = 0x7c00;

    private Float16() {}

    /**
     * Returns the bits of the nearest binary16, ties to even. Finite numbers beyond {@link #MAX}
     * become that; infinities stay what they are.
     *
     * @param value any number but NaN
     */
    public static short bitsOf(float value) {
        int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
        float size = Math.abs(value);
        if (size == Float.POSITIVE_INFINITY) {
            return (short) (sign | INFINITY);
        }
        if (size >= MAX) {
            return (short) (sign | INFINITY - 1);
        }
        if (size < 0x1p-14f) {
            return (short) (sign | (int) Math.rint(size * 0x1p24));
        }
        int bits = Float.floatToRawIntBits(size);
        int rounded = bits + 0xfff + (bits >>> 13 & 1);
        return (short) (sign | (rounded >>> 13) - (112 << 10));
    }

    /** Returns the number of some bits. */
    public static float valueOf(short bits) {
        int size = bits & 0x7fff;
        float value;
        if (size >= INFINITY) {
            value = size == INFINITY ? Float.POSITIVE_INFINITY : Float.NaN;
        } else if (size < 1 << 10) {
            value = size * 0x1p-24f;
        } else {
            value = Float.intBitsToFloat((size << 13) + (112 << 23));
        }
        return bits < 0 ? -value : value;
    }
}
