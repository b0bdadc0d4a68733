package io.logitstream.config;

/**
 * Where something stands.
 *
 * @param file the file as it was named, or {@link #OVERRIDE}
 * @param line from 1; for an override, which of them
 * @param column in characters, from 1
 */
record Place(String file, int line, int column) {

    /** The file name of what was given on the command line. */
    static final String OVERRIDE = "--set";
}
