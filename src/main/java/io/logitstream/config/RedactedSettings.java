package io.logitstream.config;

import java.io.Serializable;
import java.util.AbstractMap;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Settings that print without their secrets: a value is hidden if its key sounds like a secret's or
 * if it came from the environment or from a file. Immutable.
 */
final class RedactedSettings extends AbstractMap<String, String> implements Serializable {

    static final String HIDDEN = "******";

    private static final long serialVersionUID = 1L;
    private static final List<String> SENSITIVE =
            List.of(
                    "password",
                    "passphrase",
                    "secret",
                    "jaas",
                    "token",
                    "credential",
                    "access-key",
                    "access.key",
                    "account.key",
                    "api-key",
                    "api.key",
                    "apikey",
                    "service-key",
                    "basic-auth",
                    "basic.auth",
                    "auth-params",
                    "http-headers");

    private final LinkedHashMap<String, String> values;
    private final HashSet<String> hidden;

    /**
     * Copies the settings.
     *
     * @param hidden keys whose values are hidden whatever they are called
     */
    RedactedSettings(Map<String, String> values, Set<String> hidden) {
        this.values = new LinkedHashMap<>(values);
        this.hidden = new HashSet<>(hidden);
        for (String key : values.keySet()) {
            if (isSensitive(key)) {
                this.hidden.add(key);
            }
        }
    }

    @Override
    public Set<Entry<String, String>> entrySet() {
        return Collections.unmodifiableMap(values).entrySet();
    }

    /** Returns the settings with {@code ******} for each hidden value. */
    Map<String, String> redacted() {
        Map<String, String> shown = new LinkedHashMap<>(values);
        shown.replaceAll((key, value) -> hidden.contains(key) ? HIDDEN : value);
        return Collections.unmodifiableMap(shown);
    }

    @Override
    public String toString() {
        return redacted().toString();
    }

    private static boolean isSensitive(String key) {
        String lower = key.toLowerCase(Locale.ROOT);
        return lower.endsWith(".key") || SENSITIVE.stream().anyMatch(lower::contains);
    }
}
