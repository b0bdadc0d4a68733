package io.logitstream.codec;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What a decoder must know of its job.
 *
 * @param onlyModel the model of a record that names none, or null if the job has several models, so
 *     that such a record is a fault
 * @param maxClasses the most scores that a whole row of one of the job's models has, at least 1; a
 *     record with more is a fault before they are all read
 */
public record DecoderLimits(@Nullable String onlyModel, int maxClasses) implements Serializable {

    public DecoderLimits {
        if (maxClasses < 1) {
            throw new IllegalArgumentException("maxClasses must be at least 1, not " + maxClasses);
        }
    }
}
