package io.logitstream.record;

/** Numbers that look random and depend on nothing but a row's id. */
public final class RowHash {

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private RowHash() {}

    /** Returns whether a row is in a share of all: always the same, wherever it is asked. */
    public static boolean isIn(double share, String id) {
        return (seedOf(id) >>> 11) * 0x1p-53 < share;
    }

    /** Returns the hash of an id: FNV-1a over its characters, mixed. */
    public static long seedOf(String id) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * FNV_PRIME;
        }
        return mixed(hash);
    }

    /** Spreads every bit over all of them, as SplitMix64 does (Steele, Lea and Flood 2014). */
    public static long mixed(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
