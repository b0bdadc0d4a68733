package io.logitstream.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What one run of the command line in this process came to. Standard streams belong to the whole
 * process, so runs exclude each other.
 *
 * @param exitCode the exit code
 * @param out what it wrote on stdout
 * @param err what it wrote on stderr
 */
record CommandRun(int exitCode, String out, String err) {

    static CommandRun of(String... arguments) {
        return with(new byte[0], arguments);
    }

    static CommandRun with(byte[] stdin, String... arguments) {
        return into(new ByteArrayOutputStream(), stdin, arguments);
    }

    static synchronized CommandRun into(OutputStream stdout, byte[] stdin, String... arguments) {
        InputStream in = System.in;
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream capturedErr = new ByteArrayOutputStream();
        try {
            System.setIn(new ByteArrayInputStream(stdin));
            System.setOut(new PrintStream(stdout, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(capturedErr, true, StandardCharsets.UTF_8));
            int exitCode = Main.commandLine().execute(arguments);
            System.out.flush();
            System.err.flush();
            return new CommandRun(
                    exitCode,
                    stdout instanceof ByteArrayOutputStream written
                            ? written.toString(StandardCharsets.UTF_8)
                            : "",
                    capturedErr.toString(StandardCharsets.UTF_8));
        } finally {
            System.setIn(in);
            System.setOut(out);
            System.setErr(err);
        }
    }

    List<String> outLines() {
        return out.lines().toList();
    }

    List<String> errLines() {
        return err.lines().toList();
    }
}
