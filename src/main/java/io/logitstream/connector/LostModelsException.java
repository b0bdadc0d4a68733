package io.logitstream.connector;

import java.util.Collection;

/**
 * The control topic has models that the job cannot have, since its file was changed: all of their
 * rows would be dead letters.
 */
public final class LostModelsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LostModelsException(String topic, Collection<String> models) {
        super(
                "this job cannot have what control topic '%s' says:%n  %s%nChange the job file back, or put or retire these models while the job runs as it was."
                        .formatted(topic, String.join(System.lineSeparator() + "  ", models)));
    }
}
