package io.logitstream.cli;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What Docker's client sends of the project: all but what a {@code .dockerignore} names.
 *
 * @param patterns the last one that matches a file or one of its directories decides
 */
record BuildContext(List<String> patterns) {

    static BuildContext read(Path ignore) throws IOException {
        try (Stream<String> lines = Files.lines(ignore)) {
            return new BuildContext(
                    lines.map(String::strip)
                            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                            .toList());
        }
    }

    /** Returns whether a file, named from the root of the project, is sent. */
    boolean sends(String file) {
        boolean sent = true;
        for (String pattern : patterns) {
            boolean isException = pattern.startsWith("!");
            if (matches(isException ? pattern.substring(1) : pattern, Path.of(file))) {
                sent = isException;
            }
        }
        return sent;
    }

    private static boolean matches(String pattern, Path file) {
        for (Path path = file; path != null; path = path.getParent()) {
            if (FileSystems.getDefault().getPathMatcher("glob:" + pattern).matches(path)) {
                return true;
            }
        }
        return false;
    }
}
