package io.logitstream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A Dockerfile of one stage and of few words; what else there is in the language is refused.
 *
 * @param instructions in their order
 */
record Dockerfile(List<Instruction> instructions) {

    private static final Set<String> KNOWN = Set.of("FROM", "COPY", "USER", "RUN");

    /**
     * An instruction.
     *
     * @param name in capitals
     * @param flags what starts with two dashes
     * @param words the rest
     */
    record Instruction(String name, List<String> flags, List<String> words) {

        /** Returns the last word, which of a COPY is where to. */
        String last() {
            return words.get(words.size() - 1);
        }

        /** Returns all words but the last, which of a COPY are what. */
        List<String> sources() {
            return words.subList(0, words.size() - 1);
        }
    }

    static Dockerfile read(Path file) throws IOException {
        List<Instruction> instructions = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                instructions.add(parse(line));
            }
        }
        if (instructions.isEmpty() || !instructions.get(0).name().equals("FROM")) {
            throw new IllegalArgumentException(file + " does not begin with FROM");
        }
        return new Dockerfile(instructions);
    }

    private static Instruction parse(String line) {
        List<String> words = new ArrayList<>(List.of(line.split(" ")));
        String name = words.remove(0);
        if (!KNOWN.contains(name)) {
            throw new IllegalArgumentException("an instruction that is not known: " + line);
        }
        if (line.matches(".*([\\\\\"'\\[]|\\s\\s|\\s$|\\$).*")) {
            throw new IllegalArgumentException(
                    "a continuation, quotation, list, variable or needless space: " + line);
        }
        List<String> flags = new ArrayList<>();
        while (!words.isEmpty() && words.get(0).startsWith("--")) {
            flags.add(words.remove(0));
        }
        boolean isComplete = words.size() >= (name.equals("COPY") ? 2 : 1);
        boolean isAlone = Set.of("FROM", "USER").contains(name) && words.size() > 1;
        if (!isComplete || isAlone) {
            throw new IllegalArgumentException("too few or too many words: " + line);
        }
        return new Instruction(name, List.copyOf(flags), List.copyOf(words));
    }

    /** Returns the instructions of a name. */
    List<Instruction> all(String name) {
        return instructions.stream()
                .filter(instruction -> instruction.name().equals(name))
                .toList();
    }

    /** Returns the only instruction of a name. */
    Instruction only(String name) {
        List<Instruction> all = all(name);
        if (all.size() != 1) {
            throw new IllegalArgumentException(name + " is there " + all.size() + " times");
        }
        return all.get(0);
    }

    /** Returns where in the image a file of the project is. */
    String placeOf(String source) {
        Instruction copy =
                all("COPY").stream()
                        .filter(some -> some.sources().contains(source))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(source + " is not copied"));
        return copy.last().endsWith("/")
                ? copy.last() + Path.of(source).getFileName()
                : copy.last();
    }
}
