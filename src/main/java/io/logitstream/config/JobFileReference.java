package io.logitstream.config;

import java.util.List;

/** The reference of the job file, as Markdown. */
public final class JobFileReference {

    private static final String HEAD =
            """
            # The job file

            Generated from the code; a test fails when it is stale and says how to write it again.

            A job file is YAML. Unknown keys, duplicate keys and tags are refused, and all faults are
            reported together as `file:line:column: what: why (allowed: ...)`. The keys of the sections
            `kafka` and `flink` are Kafka's and Flink's: any other one is passed on, misspelt ones too.

            - A duration is a whole number and a unit: `500ms`, `5s`, `1min`, `1h`, `1d`.
            - Inside any value `${NAME}` stands for an environment variable and `${file:PATH}` for what
              is in a file, without its last line end; `$${` is a plain `${`. A variable that is not set
              and a file that can't be read are faults. Within `{ }`, such values need quotes.
            - Relative paths start beside the job file.
            - `--set path=value` overrides the file or adds to it: `--set predictions.emit=full`,
              `--set models[0].temperature=2`, `--set kafka.bootstrap.servers=host:9092`. The value is
              text, not YAML; the last one given for a key wins.
            """;

    private final StringBuilder text = new StringBuilder(HEAD);

    private JobFileReference() {}

    /** Returns the whole page, with a line end at the end. */
    public static String generate() {
        JobFileReference reference = new JobFileReference();
        reference.writeSection("Top level", "", JobKeys.ROOT);
        for (KeySpec key : JobKeys.ROOT) {
            String title = "`" + key.name() + "`" + (key.required() ? "" : " (optional)");
            if (key instanceof KeySpec.Section section) {
                reference.writeSection(title, section.description(), section.keys());
                reference.writeListsOf(section);
            } else if (key instanceof KeySpec.Sections list) {
                reference.writeSection(title, list.description(), list.keys());
                reference.writeSectionsOf(list);
            } else if (key instanceof KeySpec.Settings settings) {
                reference.writeSection(title, settings.description(), settings.known());
                reference.writeRefused(settings);
            }
        }
        return reference.text.toString();
    }

    private void writeSection(String title, String description, List<? extends KeySpec> keys) {
        text.append("\n## ").append(title).append('\n');
        if (!description.isEmpty()) {
            text.append('\n').append(description).append('\n');
        }
        if (keys.isEmpty()) {
            return;
        }
        text.append("\n| key | default | allowed | meaning |\n|---|---|---|---|\n");
        for (KeySpec key : keys) {
            writeRow("`" + key.name() + "`", defaultOf(key), key.allowed(), key.description());
        }
    }

    private void writeListsOf(KeySpec.Section section) {
        for (KeySpec key : section.keys()) {
            if (key instanceof KeySpec.Sections list) {
                String title = "`%s.%s[]`".formatted(section.name(), list.name());
                writeSection(title, list.description(), list.keys());
            }
        }
    }

    private void writeSectionsOf(KeySpec.Sections list) {
        for (KeySpec key : list.keys()) {
            if (key instanceof KeySpec.Section section) {
                String title = "`%s[].%s` (optional)".formatted(list.name(), section.name());
                writeSection(title, section.description(), section.keys());
            }
        }
    }

    private void writeRefused(KeySpec.Settings settings) {
        text.append("\nRefused, because the job sets them itself:\n");
        text.append("\n| key | why |\n|---|---|\n");
        settings.refused().forEach((key, why) -> writeRow("`" + key + "`", why));
    }

    private void writeRow(String... cells) {
        text.append('|');
        for (String cell : cells) {
            text.append(' ').append(cell.replace("|", "\\|")).append(" |");
        }
        text.append('\n');
    }

    private static String defaultOf(KeySpec key) {
        if (key.required()) {
            return "required";
        }
        boolean hasDefault = key instanceof KeySpec.Value value && value.fallback() != null;
        return hasDefault ? "`" + ((KeySpec.Value) key).fallback() + "`" : "none";
    }
}
