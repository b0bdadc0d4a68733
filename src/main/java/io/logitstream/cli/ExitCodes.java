package io.logitstream.cli;

/**
 * Exit codes beyond those of the command-line parser (0 done, 1 failed, 2 wrong usage or
 * configuration).
 */
final class ExitCodes {

    /** Done, but some records were refused. */
    static final int SOME_REFUSED = 3;

    private ExitCodes() {}
}
