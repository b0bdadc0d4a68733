package io.logitstream.config;

import org.jspecify.annotations.Nullable;

/** Words the parser's complaints without the parts of the file it quotes: they may be secret. */
final class YamlProblem {

    private static final String[] QUOTING = {
        "found undefined alias",
        "found undefined tag handle",
        "duplicate tag handle",
        "expected escape sequence",
        "found incompatible YAML document",
        "found unknown escape character",
        "expected alphabetic or numeric character",
    };

    private YamlProblem() {}

    static String withoutContents(@Nullable String problem) {
        if (problem == null) {
            return "is not valid YAML";
        }
        for (String start : QUOTING) {
            if (problem.startsWith(start)) {
                return "is not valid YAML: " + start;
            }
        }
        return "is not valid YAML: " + problem.replaceAll("\\s+", " ").strip();
    }
}
