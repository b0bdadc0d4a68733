package io.logitstream.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A job file that can't be used. The message is all faults, one a line, in the order of their
 * places: the job file first, then overrides, then the files it names.
 */
public final class JobFileException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<ConfigFault> faults;

    JobFileException(List<ConfigFault> faults) {
        super(faults.stream().map(ConfigFault::toString).collect(Collectors.joining("\n")));
        this.faults = List.copyOf(faults);
    }

    /** Returns the faults, at least one; empty only after deserialisation. */
    public List<ConfigFault> faults() {
        return faults == null ? List.of() : faults;
    }
}
