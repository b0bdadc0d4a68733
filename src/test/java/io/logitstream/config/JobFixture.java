package io.logitstream.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A job file in a directory of its own, with what is beside it and around it. */
final class JobFixture {

    static final String MINIMAL =
            """
            name: minimal
            kafka:
              bootstrap.servers: localhost:9092
            scores:
              topic: scores
            predictions:
              topic: predictions
            dead-letters:
              topic: dead-letters
            models:
              - name: m
                classes: 2
            """;

    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> overrides = new ArrayList<>();
    private String yaml = MINIMAL;

    JobFixture(Path directory) {
        this.directory = directory;
    }

    JobFixture yaml(String text) {
        yaml = text;
        return this;
    }

    /** Replaces a part that must be there. */
    JobFixture with(String part, String replacement) {
        if (!yaml.contains(part)) {
            throw new IllegalArgumentException("not in the file: " + part);
        }
        yaml = yaml.replace(part, replacement);
        return this;
    }

    JobFixture file(String name, String content) throws IOException {
        return file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    JobFixture file(String name, byte[] content) throws IOException {
        Files.write(directory.resolve(name), content);
        return this;
    }

    JobFixture variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    JobFixture set(String override) {
        overrides.add(override);
        return this;
    }

    JobFile read() throws JobFileException, IOException {
        Path file = directory.resolve("job.yaml");
        Files.writeString(file, yaml);
        return JobFileReader.read(file, overrides, environment);
    }

    JobFileException failure() {
        return catchThrowableOfType(JobFileException.class, this::read);
    }

    /** Returns the faults as text, without the directory. */
    List<String> faults() {
        JobFileException failure = failure();
        return failure == null
                ? List.of()
                : failure.faults().stream()
                        .map(fault -> fault.toString().replace(directory + "/", ""))
                        .toList();
    }
}
