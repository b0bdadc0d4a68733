package io.logitstream.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads what {@code ${file:...}} names, at most 1 MiB of UTF-8, without its last line end. */
final class ReferencedFile {

    private static final int MAX_BYTES = 1 << 20;

    private ReferencedFile() {}

    /** Returns the content, or null after reporting why there is none. */
    static @Nullable String read(
            Path jobFile, String name, Place place, String what, Faults faults) {
        String why;
        try (InputStream in = Files.newInputStream(jobFile.resolveSibling(name))) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length <= MAX_BYTES) {
                return withoutLineEnd(
                        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)));
            }
            why = "it is larger than 1 MiB";
        } catch (IOException e) {
            why = FileText.explain(e);
        } catch (InvalidPathException e) {
            why = "it is not a path";
        }
        faults.add(place, what, "names the file " + Shown.quote(name) + ", but " + why, "");
        return null;
    }

    private static String withoutLineEnd(CharSequence text) {
        int end = text.length();
        if (end > 0 && text.charAt(end - 1) == '\n') {
            end--;
            if (end > 0 && text.charAt(end - 1) == '\r') {
                end--;
            }
        }
        return text.subSequence(0, end).toString();
    }
}
