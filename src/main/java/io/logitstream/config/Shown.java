package io.logitstream.config;

/** Makes text from a job file fit for a one-line message. */
final class Shown {

    private static final int MAX_CHARS = 80;
    private static final int MAX_PATH_CHARS = 200;

    private Shown() {}

    /** Returns the text in quotes, cut after 80 characters, control characters escaped. */
    static String quote(String text) {
        return '"' + plain(text) + '"';
    }

    /** Cuts a path, of which one is made for each value, to more than is shown of it. */
    static String path(String path) {
        return path.length() <= MAX_PATH_CHARS ? path : path.substring(0, MAX_PATH_CHARS);
    }

    /** Returns the text cut after 80 characters, control characters escaped. */
    static String plain(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(MAX_CHARS)
                .forEach(
                        c -> {
                            if (Character.isISOControl(c)
                                    || Character.getType(c) == Character.FORMAT) {
                                shown.append(String.format("\\u%04x", c));
                            } else {
                                shown.appendCodePoint(c);
                            }
                        });
        return text.codePointCount(0, text.length()) > MAX_CHARS ? shown + "..." : shown.toString();
    }
}
