package io.logitstream.cli;

import io.logitstream.config.JobFileException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;

/** Turns what a command throws into a readable message and an exit code. */
final class Failures implements CommandLine.IExecutionExceptionHandler {

    /**
     * The broker or the options do not allow the command to start: exit code 2, like a fault in the
     * job file.
     */
    static final class CannotStart extends Exception {
        private static final long serialVersionUID = 1L;

        CannotStart(String message) {
            super(message);
        }
    }

    @Override
    public int handleExecutionException(
            Exception error, CommandLine command, CommandLine.ParseResult parseResult) {
        PrintWriter err = command.getErr();
        if (error instanceof JobFileException || error instanceof CannotStart) {
            err.println(error.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        if (error instanceof NoSuchFileException || error instanceof AccessDeniedException) {
            // Their message is the file's name, and nothing else.
            String why =
                    error instanceof NoSuchFileException
                            ? ": there is no such file"
                            : ": permission is denied";
            err.println(((FileSystemException) error).getFile() + why);
            return CommandLine.ExitCode.USAGE;
        }
        err.println(command.getCommandName() + " failed: " + describe(error));
        if (!(error instanceof IOException)) {
            error.printStackTrace(err);
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** A print stream keeps to itself that it could not write, to a full disk for instance. */
    static void requireWritten(PrintStream out) throws IOException {
        if (out.checkError()) {
            throw new IOException("stdout cannot be written to; what is there is incomplete");
        }
    }

    private static String describe(Exception error) {
        return error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
    }
}
