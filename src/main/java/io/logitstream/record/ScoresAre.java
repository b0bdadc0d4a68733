package io.logitstream.record;

/** What a model's scores are. Declared in the job file, never guessed. */
public enum ScoresAre {
    /** Any real numbers; softmax makes them a distribution. */
    LOGITS,
    /** Natural logarithms of a distribution. */
    LOG_PROBABILITIES,
    /** A distribution; its logarithm is taken, 0 becomes -infinity. */
    PROBABILITIES
}
