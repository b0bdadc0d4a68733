package io.logitstream.record;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has to be known of a model to publish what a window has measured of it. A model that the job
 * file does not have sends it along with its figures, so that a window needs to know no models.
 *
 * @param name the model's name
 * @param version of its specification, 0 for that of the job file
 * @param normalizer what makes its distributions
 * @param isCrossEntropy whether its loss is the plain cross-entropy
 * @param vanishedBelow a gradient counts as vanished if its norm is below this
 * @param temperature its own, before anything is fitted
 * @param classNames in index order; empty if it has none, or too many or too long to be sent along
 * @param drift what the predictions of a window are compared with
 */
public record ModelCard(
        String name,
        long version,
        Normalizer normalizer,
        boolean isCrossEntropy,
        double vanishedBelow,
        double temperature,
        List<String> classNames,
        DriftReference drift) {

    /** Models with more classes do not send their names along. */
    public static final int MOST_NAMES = 1_024;

    /** Nor do models whose names are longer than this together: each window has a card. */
    private static final int MOST_CHARS = 32_768;

    private static final byte FORMAT = 1;

    /** The bytes of no card. */
    public static final byte[] NONE = new byte[0];

    public ModelCard {
        classNames = List.copyOf(classNames);
    }

    /** Returns the card of a model. */
    public static ModelCard of(ModelSpec model) {
        return new ModelCard(
                model.name(),
                model.version(),
                model.normalizer(),
                model.loss().isCrossEntropy(),
                model.loss().vanishedBelow(),
                model.specifiedTemperature(),
                model.classNames(),
                model.drift());
    }

    /** Returns a stand-in for a model of which nothing is known any more. */
    public static ModelCard forgotten(String name) {
        return new ModelCard(
                name,
                0,
                Normalizer.SOFTMAX,
                true,
                ModelLoss.VANISHED_BELOW,
                1,
                List.of(),
                DriftReference.NONE);
    }

    /** Returns the one of the later version, the only one that is given, or null. */
    public static @Nullable ModelCard later(@Nullable ModelCard a, @Nullable ModelCard b) {
        return b == null || (a != null && a.version >= b.version) ? a : b;
    }

    /**
     * Returns the card in bytes, of format 1, big-endian: format (1 byte), version (int64), name,
     * normalizer's code, whether it is the plain cross-entropy (1 byte), {@code vanishedBelow} and
     * temperature (float64), the names (their number, then each), the first windows of its drift
     * (int32) and its shares (their number, then each, float64). Texts are UTF-8 with their length
     * before (int32).
     */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeLong(version);
            write(name, out);
            write(normalizer.code(), out);
            out.writeBoolean(isCrossEntropy);
            out.writeDouble(vanishedBelow);
            out.writeDouble(temperature);
            boolean sendsNames =
                    classNames.size() <= MOST_NAMES
                            && classNames.stream().mapToInt(String::length).sum() <= MOST_CHARS;
            out.writeInt(sendsNames ? classNames.size() : 0);
            for (String className : sendsNames ? classNames : List.<String>of()) {
                write(className, out);
            }
            out.writeInt(drift.firstWindows());
            out.writeInt(drift.shares().length);
            for (double share : drift.shares()) {
                out.writeDouble(share);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /** Returns the card of some bytes that {@link #toBytes} wrote. */
    public static ModelCard ofBytes(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            byte format = in.readByte();
            if (format != FORMAT) {
                throw new IllegalArgumentException(
                        "a model's card of format %d, which a later logitstream wrote"
                                .formatted(format));
            }
            long version = in.readLong();
            String name = readText(in);
            Normalizer normalizer = Normalizer.ofCode(readText(in));
            boolean isCrossEntropy = in.readBoolean();
            double vanishedBelow = in.readDouble();
            double temperature = in.readDouble();
            int numNames = in.readInt();
            List<String> classNames = new ArrayList<>(numNames);
            for (int i = 0; i < numNames; i++) {
                classNames.add(readText(in));
            }
            int firstWindows = in.readInt();
            double[] shares = new double[in.readInt()];
            for (int i = 0; i < shares.length; i++) {
                shares[i] = in.readDouble();
            }
            return new ModelCard(
                    name,
                    version,
                    normalizer,
                    isCrossEntropy,
                    vanishedBelow,
                    temperature,
                    classNames,
                    new DriftReference(shares, firstWindows));
        } catch (IOException e) {
            throw new UncheckedIOException("the card of a model is cut off", e);
        }
    }

    private static void write(String text, DataOutputStream out) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static String readText(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
}
