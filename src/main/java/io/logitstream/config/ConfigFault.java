package io.logitstream.config;

/**
 * One thing that is wrong with a job file, with its place. No part of it ever holds a secret or a
 * text that came from the environment or from a file.
 *
 * @param file the file as it was named, or {@code --set} for an override
 * @param line the line, from 1; for an override, which of them
 * @param column the column in characters, from 1
 * @param what the key, such as {@code models[0].temperature}
 * @param why what is wrong with it
 * @param allowed what would be right, or empty where nothing helpful can be said
 */
public record ConfigFault(
        String file, int line, int column, String what, String why, String allowed) {

    @Override
    public String toString() {
        String fault = file + ":" + line + ":" + column + ": " + what + ": " + why;
        return allowed.isEmpty() ? fault : fault + " (allowed: " + allowed + ")";
    }
}
