package io.logitstream.record;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What is kept of a window: mergeable like the loss state in it. Of two cards the later one counts.
 *
 * @param card of the model ({@link ModelCard#toBytes}), or {@link ModelCard#NONE}
 * @param state the loss state's bytes as {@link LossStateFormat} writes them
 */
public record WindowContent(byte[] card, byte[] state) {

    /** Returns the content in bytes: the card's length (int32), the card, the state. */
    public byte[] toBytes() {
        return ByteBuffer.allocate(Integer.BYTES + card.length + state.length)
                .putInt(card.length)
                .put(card)
                .put(state)
                .array();
    }

    /** Returns the content of bytes that {@link #toBytes} wrote. */
    public static WindowContent ofBytes(byte[] bytes) {
        int start = Integer.BYTES + ByteBuffer.wrap(bytes).getInt();
        return new WindowContent(
                Arrays.copyOfRange(bytes, Integer.BYTES, start),
                Arrays.copyOfRange(bytes, start, bytes.length));
    }

    /** Returns both together. */
    public WindowContent mergedWith(WindowContent other) {
        LossState merged = LossStateFormat.decode(state);
        merged.mergeWith(LossStateFormat.decode(other.state));
        return new WindowContent(later(card, other.card), LossStateFormat.encode(merged));
    }

    private static byte[] later(byte[] a, byte[] b) {
        if (a.length == 0 || b.length == 0) {
            return a.length == 0 ? b : a;
        }
        return ModelCard.ofBytes(a).version() >= ModelCard.ofBytes(b).version() ? a : b;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WindowContent that
                && Arrays.equals(card, that.card)
                && Arrays.equals(state, that.state);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(state);
    }

    @Override
    public String toString() {
        return "WindowContent[" + state.length + " bytes]";
    }
}
