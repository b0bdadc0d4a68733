package io.logitstream.config;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a value may be. Each type can judge a text and say what it would allow. */
sealed interface KeyType {

    /** Returns what is wrong with the text, to be read after the text itself, or null. */
    @Nullable String refuse(String text);

    /** Returns what is allowed, for faults and the reference. */
    String allowed();

    /**
     * Text of a form.
     *
     * @param pattern a regular expression (the part that Java and ECMAScript share) for all of it
     * @param refused what to say of a text that does not match
     * @param allowed the form in words
     */
    record Text(Pattern pattern, String refused, String allowed) implements KeyType {

        static Text of(String regex, String refused, String allowed) {
            return new Text(Pattern.compile(regex), refused, allowed);
        }

        @Override
        public @Nullable String refuse(String text) {
            return pattern.matcher(text).matches() ? null : refused;
        }
    }

    /**
     * One of a few words.
     *
     * @param words in the order to show them
     */
    record Choice(List<String> words) implements KeyType {

        @Override
        public @Nullable String refuse(String text) {
            return words.contains(text) ? null : "is not one of the values";
        }

        @Override
        public String allowed() {
            return String.join(", ", words);
        }
    }

    /**
     * A whole number.
     *
     * @param min the smallest allowed
     * @param max the largest allowed
     */
    record Whole(long min, long max) implements KeyType {

        private static final Pattern DIGITS = Pattern.compile("-?(0|[1-9][0-9]*)");

        @Override
        public @Nullable String refuse(String text) {
            if (!DIGITS.matcher(text).matches()) {
                return "is not a whole number";
            }
            if (text.startsWith("-")) {
                return "is too small";
            }
            if (text.length() > 18 || Long.parseLong(text) > max) {
                return "is too large";
            }
            return Long.parseLong(text) < min ? "is too small" : null;
        }

        @Override
        public String allowed() {
            return "a whole number from " + min + " to " + max;
        }
    }

    /**
     * A decimal number.
     *
     * @param min the smallest allowed
     * @param max the largest allowed
     */
    record Decimal(double min, double max) implements KeyType {

        private static final Pattern DECIMAL =
                Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?");

        @Override
        public @Nullable String refuse(String text) {
            if (!DECIMAL.matcher(text).matches()) {
                return "is not a finite number";
            }
            double value = Double.parseDouble(text);
            if (value > max) {
                return "is too large";
            }
            return value < min ? "is too small" : null;
        }

        @Override
        public String allowed() {
            return "a number from " + min + " to " + max;
        }
    }

    /**
     * A duration.
     *
     * @param minMillis the shortest allowed
     * @param maxMillis the longest allowed
     */
    record Duration(long minMillis, long maxMillis) implements KeyType {

        @Override
        public @Nullable String refuse(String text) {
            Long millis = DurationText.parseMillis(text);
            if (millis == null) {
                return "is not a duration";
            }
            if (millis > maxMillis) {
                return "is too long";
            }
            return millis < minMillis ? "is too short" : null;
        }

        @Override
        public String allowed() {
            return "a whole number of ms, s, min, h or d, from "
                    + DurationText.format(minMillis)
                    + " to "
                    + DurationText.format(maxMillis);
        }
    }
}
