package io.logitstream.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The programs of Debian's package {@code prometheus}, where they are installed. */
public final class PrometheusTool {

    private PrometheusTool() {}

    /** Returns where a program of this name is. */
    public static Optional<Path> find(String name) {
        for (String directory : System.getenv("PATH").split(File.pathSeparator)) {
            Path program = Path.of(directory, name);
            if (Files.isExecutable(program)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }

    /**
     * What promtool said.
     *
     * @param exitCode 0 if it found no fault
     * @param output all it wrote
     */
    public record Verdict(int exitCode, String output) {}

    /** Runs promtool, which has to be there. */
    public static Verdict promtool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(find("promtool").orElseThrow().toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = String.join("\n", process.inputReader().lines().toList());
        return new Verdict(process.waitFor(), output);
    }
}
