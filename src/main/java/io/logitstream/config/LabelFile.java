package io.logitstream.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads class names, UTF-8, one a line. Names are not trimmed (white space is a class name in some
 * models); lines end with LF or CRLF, the last line's end may be missing, a byte order mark is not
 * part of the first name.
 */
final class LabelFile {

    private static final int MAX_LINE_FAULTS = 20;
    private static final String ALLOWED = "as many lines as classes, none empty, no two alike";

    private final String name;
    private final Faults faults;
    private final List<String> classNames = new ArrayList<>();
    private final Map<String, Integer> lineOfName = new HashMap<>();
    private int numLines;
    private int numLineFaults;

    private LabelFile(String name, Faults faults) {
        this.name = name;
        this.faults = faults;
    }

    /**
     * Reads the class names of a model whose {@code labels} are valid text.
     *
     * @param jobFile what the path is beside
     * @param numClasses how many there must be, or null if that is not known
     * @return the names, or null after reporting why they can't be used
     */
    static @Nullable List<String> read(
            Path jobFile, CheckedSection model, @Nullable Integer numClasses, Faults faults) {
        String shown = model.shown("labels");
        String why;
        try {
            Path path = jobFile.resolveSibling(model.valueOf("labels"));
            // What stands in the job file, not what was put in for it: that may be a secret.
            boolean hidden = model.substituted().contains("labels");
            LabelFile file = new LabelFile(hidden ? shown : path.toString(), faults);
            return file.read(path, model, numClasses);
        } catch (IOException e) {
            why = FileText.explain(e);
        } catch (InvalidPathException e) {
            why = "it is not a path";
        }
        faults.add(
                model.placeOf("labels"),
                model.pathOf("labels"),
                "names the file " + shown + ", but " + why,
                "");
        return null;
    }

    private @Nullable List<String> read(
            Path path, CheckedSection model, @Nullable Integer numClasses) throws IOException {
        int keep = numClasses == null ? Integer.MAX_VALUE : numClasses;
        try (BufferedReader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
            // Not readLine: it would also end a line at a lone CR.
            StringBuilder line = new StringBuilder();
            int read;
            while ((read = reader.read()) >= 0) {
                if (read == '\n') {
                    accept(line, keep);
                    line.setLength(0);
                } else {
                    line.append((char) read);
                }
            }
            if (!line.isEmpty()) {
                accept(line, keep);
            }
        }
        if (numClasses != null && numLines != numClasses) {
            faults.add(
                    model.placeOf("labels"),
                    model.pathOf("labels"),
                    model.shown("labels")
                            + " has "
                            + numLines
                            + " lines, but the model has "
                            + numClasses
                            + " classes",
                    ALLOWED);
            return null;
        }
        return numLineFaults == 0 ? classNames : null;
    }

    private void accept(StringBuilder line, int keep) {
        numLines++;
        if (numLines > keep) {
            return;
        }
        int last = line.length() - 1;
        if (last >= 0 && line.charAt(last) == '\r') {
            line.setLength(last);
        }
        if (numLines == 1 && !line.isEmpty() && line.charAt(0) == '\ufeff') {
            line.deleteCharAt(0);
        }
        String className = line.toString();
        Integer first = lineOfName.putIfAbsent(className, numLines);
        if (className.isEmpty()) {
            addFault("is empty");
        } else if (first != null) {
            addFault("is the same name as line " + first);
        } else {
            classNames.add(className);
        }
    }

    private void addFault(String why) {
        numLineFaults++;
        if (numLineFaults <= MAX_LINE_FAULTS) {
            faults.add(new Place(name, numLines, 1), "line " + numLines, why, ALLOWED);
        }
    }
}
