package io.logitstream.record;

import io.logitstream.kernel.CalibrationBins;
import io.logitstream.kernel.ExactSum;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The bytes of a loss state, in checkpoints and in the {@value #HEADER} header of a loss aggregate:
 * equal states give equal bytes. Version 1, big-endian: version (1 byte); records, refused,
 * labelled, infinite, bounded, unbounded and estimated losses, inexact rows (int64 each); the
 * twenty-one exact sums of {@link LossSums} ({@link ExactSum#writeTo}); then what {@link
 * CalibrationBins}, {@link QuantileSketch} (of the losses), {@link LabelLedger}, {@link
 * ClassCounts}, {@link Confusions}, {@link Saturation}, {@link TemperatureFit} and {@link
 * Comparison} write, in this order.
 *
 * <p>Anybody may merge such states, for instance to roll minutes up to hours without losing a bit.
 */
public final class LossStateFormat {

    /** The header of a loss aggregate that carries its state. */
    public static final String HEADER = "logitstream-loss-state";

    private static final byte VERSION = 1;

    private LossStateFormat() {}

    /** Returns the bytes of a state. */
    public static byte[] encode(LossState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 10);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            state.counts.writeTo(out);
            for (ExactSum sum : state.sums.all()) {
                sum.writeTo(out);
            }
            state.calibration.writeTo(out);
            state.lossQuantiles.writeTo(out);
            state.ledger.writeTo(out);
            state.classes.writeTo(out);
            state.confusions.writeTo(out);
            state.saturation.writeTo(out);
            state.fit.writeTo(out);
            state.comparison.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Returns the state of some bytes.
     *
     * @throws IllegalArgumentException if they are not a state of version 1
     */
    public static LossState decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            byte version = in.readByte();
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "loss state of version " + version + ", not " + VERSION);
            }
            LossState state = new LossState();
            state.counts.readFrom(in);
            for (ExactSum sum : state.sums.all()) {
                sum.mergeWith(ExactSum.readFrom(in));
            }
            state.calibration = CalibrationBins.readFrom(in);
            state.lossQuantiles.readFrom(in);
            state.ledger.readFrom(in);
            state.classes.readFrom(in);
            state.confusions.readFrom(in);
            state.saturation.readFrom(in);
            state.fit.readFrom(in);
            state.comparison.readFrom(in);
            if (in.available() > 0) {
                throw new IllegalArgumentException(
                        "loss state of %d bytes, %d of them after its end"
                                .formatted(bytes.length, in.available()));
            }
            return state;
        } catch (EOFException e) {
            throw new IllegalArgumentException(
                    "loss state cut off after " + bytes.length + " bytes", e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }
}
