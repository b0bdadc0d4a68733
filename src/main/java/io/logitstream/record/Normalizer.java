package io.logitstream.record;

/** What turns scores into a distribution. */
public enum Normalizer {
    /** {@code exp(z_i) / sum_j exp(z_j)}. */
    SOFTMAX("softmax");

    private final String code;

    Normalizer(String code) {
        this.code = code;
    }

    /** Returns the name used in job files and predictions. */
    public String code() {
        return code;
    }
}
