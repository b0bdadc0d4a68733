package io.logitstream.config;

import static io.logitstream.config.KeySpec.Value.required;

import io.logitstream.config.KeyType.Text;

/** What keys of several sections have in common. */
final class KeyTexts {

    static final long YEAR_MILLIS = 365L * 86_400_000;

    static final Text JOB_NAME =
            Text.of(
                    "^[a-z0-9][a-z0-9-]{0,99}$",
                    "is not a job name",
                    "lower-case letters, digits and -, not starting with -, at most 100");
    static final Text TOPIC =
            Text.of(
                    "^(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}$",
                    "is not a legal topic name",
                    "1 to 249 letters, digits, dots, underscores and hyphens, not . or ..");
    static final Text MODEL_NAME =
            Text.of(
                    "^[^|\\s\\u0000-\\u001f\\u007f\\u0085\\u00a0\\u2000-\\u200f\\u2028\\u2029\\u3000\\ufeff]{1,200}$",
                    "is not a model name",
                    "1 to 200 characters, none of them | or white space");
    static final Text PATH = Text.of("^[^\\u0000]+$", "is not a path", "a path");

    private KeyTexts() {}

    static KeySpec topic(String description) {
        return required("topic", TOPIC, description + " No two sections name the same topic.");
    }
}
