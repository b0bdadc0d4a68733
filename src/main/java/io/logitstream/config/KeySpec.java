package io.logitstream.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the job file says under one key. Checks, defaults, the JSON Schema and the reference all
 * come from these.
 */
sealed interface KeySpec {

    /** The key. */
    String name();

    /** Whether the section it stands in is wrong without it. */
    boolean required();

    /** For readers: what it is, its unit and range, what goes wrong at either end. */
    String description();

    /** What is allowed, for faults. */
    String allowed();

    /**
     * A single value.
     *
     * @param name the key
     * @param type what it may be
     * @param fallback the value if it is absent, or null if there is none
     * @param required whether it must be there
     * @param description for readers
     */
    record Value(
            String name,
            KeyType type,
            @Nullable String fallback,
            boolean required,
            String description)
            implements KeySpec {

        static Value required(String name, KeyType type, String description) {
            return new Value(name, type, null, true, description);
        }

        static Value withDefault(String name, KeyType type, String value, String description) {
            return new Value(name, type, value, false, description);
        }

        static Value optional(String name, KeyType type, String description) {
            return new Value(name, type, null, false, description);
        }

        @Override
        public String allowed() {
            return type.allowed();
        }
    }

    /**
     * One thing for each class or node, in a file that the key names, one a line, or in a list in
     * its place. May be absent.
     *
     * @param name the key
     * @param ofNumbers whether each is one number
     * @param description for readers
     */
    record Lines(String name, boolean ofNumbers, String description) implements KeySpec {

        @Override
        public boolean required() {
            return false;
        }

        @Override
        public String allowed() {
            return "a path, or a list of single values";
        }
    }

    /**
     * A section with known keys.
     *
     * @param name the key
     * @param required whether it must be there
     * @param description for readers
     * @param keys all it may have
     */
    record Section(String name, boolean required, String description, List<KeySpec> keys)
            implements KeySpec {

        @Override
        public String allowed() {
            return "a section with " + names(keys);
        }
    }

    /**
     * A list of sections with known keys; where it is given, at least one.
     *
     * @param name the key
     * @param required whether it must be there
     * @param description for readers
     * @param keys all that each may have
     */
    record Sections(String name, boolean required, String description, List<KeySpec> keys)
            implements KeySpec {

        @Override
        public String allowed() {
            return "a list of at least one section with " + names(keys);
        }
    }

    /**
     * A section with the settings of another system; any key that is not refused passes through.
     *
     * @param name the key
     * @param required whether it must be there
     * @param description for readers
     * @param known the keys that are checked
     * @param refused the keys that the job sets itself, each with the reason
     */
    record Settings(
            String name,
            boolean required,
            String description,
            List<Value> known,
            Map<String, String> refused)
            implements KeySpec {

        /** Returns whether the key has a specification of its own. */
        boolean checks(String key) {
            return known.stream().anyMatch(value -> value.name().equals(key));
        }

        @Override
        public String allowed() {
            return "a section of dotted keys, each with a single value";
        }
    }

    private static String names(List<KeySpec> keys) {
        return String.join(", ", keys.stream().map(KeySpec::name).toList());
    }
}
