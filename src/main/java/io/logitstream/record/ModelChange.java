package io.logitstream.record;

import java.io.Serializable;

/** What a record of the control topic does to a model. */
public sealed interface ModelChange extends Serializable
        permits ModelChange.Put, ModelChange.Retire, ModelChange.Temper {

    /** Returns the name of the model. */
    String model();

    /**
     * Returns the version of the change, at least 1; one that is not above the last has come too
     * late.
     */
    long version();

    /**
     * Adds the model, or replaces what it was.
     *
     * @param spec the model, with its version
     */
    record Put(ModelSpec spec) implements ModelChange {

        public Put {
            if (spec.version() < 1) {
                throw new IllegalArgumentException(
                        "version must be at least 1, not " + spec.version());
            }
        }

        @Override
        public String model() {
            return spec.name();
        }

        @Override
        public long version() {
            return spec.version();
        }
    }

    /**
     * Takes the model away.
     *
     * @param model its name
     * @param version at least 1
     */
    record Retire(String model, long version) implements ModelChange {

        public Retire {
            if (version < 1) {
                throw new IllegalArgumentException("version must be at least 1, not " + version);
            }
        }
    }

    /**
     * Sets the temperature that was fitted to a model.
     *
     * @param model its name
     * @param modelVersion the version of the specification that it was fitted to
     * @param version of the temperature, at least 1
     * @param temperature divides the scores
     * @param specified the temperature of that specification: in a job file it may change without a
     *     version
     */
    record Temper(
            String model, long modelVersion, long version, double temperature, double specified)
            implements ModelChange {}
}
