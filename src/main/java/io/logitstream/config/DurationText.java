package io.logitstream.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as a job file has them: a whole number and one unit, such as {@code 500ms}. */
final class DurationText {

    static final Pattern PATTERN = Pattern.compile("(0|[1-9][0-9]{0,11})(ms|s|min|h|d)");

    private DurationText() {}

    /** Returns the duration in milliseconds, or null if the text is not one. */
    static @Nullable Long parseMillis(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        // At most 10^12 of the largest unit: 8.64e19 would overflow, so days saturate.
        long count = Long.parseLong(matcher.group(1));
        long unit = millisOf(matcher.group(2));
        return count > Long.MAX_VALUE / unit ? Long.MAX_VALUE : count * unit;
    }

    /** Writes a duration with the largest unit that leaves a whole number. */
    static String format(long millis) {
        for (String unit : new String[] {"d", "h", "min", "s"}) {
            if (millis != 0 && millis % millisOf(unit) == 0) {
                return millis / millisOf(unit) + unit;
            }
        }
        return millis == 0 ? "0s" : millis + "ms";
    }

    private static long millisOf(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "min" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            default -> throw new IllegalArgumentException("no unit: " + unit);
        };
    }
}
