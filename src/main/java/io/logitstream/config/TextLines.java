package io.logitstream.config;

import io.logitstream.config.ConfigNode.Scalar;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The texts of a {@link KeySpec.Lines}: the lines of a file, UTF-8, or the items of a list. Neither
 * are trimmed. Lines end with LF or CRLF, the last line's end may be missing, a byte order mark is
 * not part of the first line.
 */
final class TextLines {

    private static final int MAX_FAULTS = 20;

    private final String what;
    private final @Nullable String file;
    private final @Nullable List<Scalar> items;
    private final Faults faults;
    private final List<String> texts = new ArrayList<>();
    private int size;
    private int numFaults;

    private TextLines(
            String what, @Nullable String file, @Nullable List<Scalar> items, Faults faults) {
        this.what = what;
        this.file = file;
        this.items = items;
        this.faults = faults;
    }

    /**
     * Reads what a key gives, which is valid.
     *
     * @param beside what a path is beside
     * @param keep how many texts are wanted; more are only counted
     * @return the texts, or null after reporting why there are none
     */
    static @Nullable TextLines read(
            Path beside, CheckedSection section, String key, int keep, Faults faults) {
        List<Scalar> items = section.lines(key);
        if (items != null) {
            TextLines lines = new TextLines(section.pathOf(key), null, items, faults);
            items.forEach(item -> lines.accept(String.valueOf(item.text()), keep));
            return lines;
        }
        String shown = section.shown(key);
        String why;
        try {
            Path path = beside.resolveSibling(section.valueOf(key));
            // What stands in the job file, not what was put in for it: that may be a secret.
            boolean hidden = section.substituted().contains(key);
            TextLines lines = new TextLines("line", hidden ? shown : path.toString(), null, faults);
            lines.readFile(path, keep);
            return lines;
        } catch (IOException e) {
            why = FileText.explain(e);
        } catch (InvalidPathException e) {
            why = "it is not a path";
        }
        faults.add(
                section.placeOf(key),
                section.pathOf(key),
                "names the file " + shown + ", but " + why,
                "");
        return null;
    }

    private void readFile(Path path, int keep) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
            // Not readLine: it would also end a line at a lone CR.
            StringBuilder line = new StringBuilder();
            int read;
            while ((read = reader.read()) >= 0) {
                if (read == '\n') {
                    acceptLine(line, keep);
                    line.setLength(0);
                } else {
                    line.append((char) read);
                }
            }
            if (!line.isEmpty()) {
                acceptLine(line, keep);
            }
        }
    }

    private void acceptLine(StringBuilder line, int keep) {
        int last = line.length() - 1;
        if (last >= 0 && line.charAt(last) == '\r') {
            line.setLength(last);
        }
        if (size == 0 && !line.isEmpty() && line.charAt(0) == '\ufeff') {
            line.deleteCharAt(0);
        }
        accept(line.toString(), keep);
    }

    private void accept(String text, int keep) {
        size++;
        if (size <= keep) {
            texts.add(text);
        }
    }

    /** Returns how many there are, also of those that were not wanted. */
    int size() {
        return size;
    }

    /** Returns how many there are, in words. */
    String count() {
        return size + (items == null ? " lines" : " items");
    }

    /** Returns the texts that were wanted, in their order. */
    List<String> texts() {
        return texts;
    }

    String text(int index) {
        return texts.get(index);
    }

    /** Returns a text in quotes, as faults may show it. */
    String shown(int index) {
        return items == null ? Shown.quote(texts.get(index)) : items.get(index).shown();
    }

    /** Returns which one it is, for faults. */
    String what(int index) {
        return items == null ? what + " " + (index + 1) : what + "[" + index + "]";
    }

    /** Refuses one of them, at its place; after twenty no more is said. */
    void refuse(int index, String why, String allowed) {
        numFaults++;
        if (numFaults <= MAX_FAULTS) {
            Place place =
                    items == null
                            ? new Place(String.valueOf(file), index + 1, 1)
                            : items.get(index).place();
            faults.add(place, what(index), why, allowed);
        }
    }

    /** Returns whether any was refused. */
    boolean areFaulty() {
        return numFaults > 0;
    }
}
