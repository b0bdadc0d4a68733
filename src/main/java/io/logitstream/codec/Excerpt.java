package io.logitstream.codec;

/** Text of a record made fit for a sentence: short, on one line, and always encodable. */
final class Excerpt {

    private static final int MAX_CHARS = 40;
    private static final char REPLACEMENT = '\uFFFD';

    private Excerpt() {}

    /** Returns the printable text in double quotes, cut after {@value #MAX_CHARS} characters. */
    static String quoted(String text) {
        return '"' + cut(text) + '"';
    }

    /** Returns the printable text, cut after {@value #MAX_CHARS} characters. */
    static String cut(String text) {
        return text.length() <= MAX_CHARS
                ? printable(text)
                : printable(text.substring(0, MAX_CHARS)) + "...";
    }

    /** Returns the text with control characters and unpaired surrogates replaced by U+FFFD. */
    static String printable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPairAt(text, i)) {
                out.append(c).append(text.charAt(++i));
            } else {
                out.append(Character.isISOControl(c) || Character.isSurrogate(c) ? REPLACEMENT : c);
            }
        }
        return out.toString();
    }

    /** Returns the text itself if UTF-8 can write it, else its printable form. */
    static String encodable(String text) {
        return hasUnpairedSurrogate(text) ? printable(text) : text;
    }

    /** Tells whether the text holds half a surrogate pair, which UTF-8 cannot write. */
    static boolean hasUnpairedSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isPairAt(text, i)) {
                i++;
            } else if (Character.isSurrogate(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPairAt(String text, int i) {
        return i + 1 < text.length()
                && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
    }
}
