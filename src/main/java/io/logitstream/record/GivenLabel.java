package io.logitstream.record;

import org.jspecify.annotations.Nullable;

/**
 * A label as a record gives it.
 *
 * @param index the class if it was given as an index, else {@link ScoreRecord#NO_LABEL}
 * @param name the class if it was given as text (a class name, or an index in digits), else null
 */
public record GivenLabel(int index, @Nullable String name) {}
