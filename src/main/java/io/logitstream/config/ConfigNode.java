package io.logitstream.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A job file before it is checked: text in sections and lists, each with its place. */
sealed interface ConfigNode {

    /** Where it starts. */
    Place place();

    /** What it is, for faults. */
    String kind();

    /**
     * One value.
     *
     * @param place where it starts
     * @param text the value, or null if there is none
     * @param source the text as it was written if something was substituted in it, else null
     */
    record Scalar(Place place, @Nullable String text, @Nullable String source)
            implements ConfigNode {

        static Scalar of(Place place, @Nullable String text) {
            return new Scalar(place, text, null);
        }

        boolean isSubstituted() {
            return source != null;
        }

        /**
         * Returns the value in quotes as faults may show it: as it was written, cut and escaped.
         */
        String shown() {
            return Shown.quote(source != null ? source : String.valueOf(text));
        }

        @Override
        public String kind() {
            return text == null ? "nothing" : "a single value";
        }
    }

    /**
     * A key with what stands under it.
     *
     * @param place where the key starts
     * @param value what it has
     */
    record Field(Place place, ConfigNode value) {}

    /**
     * Keys with values; may be modified while the file is being read.
     *
     * @param place where it starts
     * @param fields by name, in the order of the file
     */
    record Section(Place place, Map<String, Field> fields) implements ConfigNode {

        static Section empty(Place place) {
            return new Section(place, new LinkedHashMap<>());
        }

        @Override
        public String kind() {
            return "a section";
        }
    }

    /**
     * A list; may be modified while the file is being read.
     *
     * @param place where it starts
     * @param items in the order of the file
     */
    record Items(Place place, List<ConfigNode> items) implements ConfigNode {

        @Override
        public String kind() {
            return "a list";
        }
    }

    /**
     * A value whose substitution failed and was reported: nothing more is said of it.
     *
     * @param place where it starts
     */
    record Unresolved(Place place) implements ConfigNode {

        @Override
        public String kind() {
            return "nothing";
        }
    }
}
