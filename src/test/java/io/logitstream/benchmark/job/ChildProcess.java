package io.logitstream.benchmark.job;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM that answers each line it is sent with one line, and ends when it can read no more: so it
 * ends with the process that started it, whatever becomes of that.
 */
final class ChildProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Before an answer; whatever else is printed is no answer. */
    private static final String ANSWER = "bench> ";

    private final String name;
    private final Process process;
    private final PrintStream in;
    private final BufferedReader out;
    private final Path log;

    private ChildProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.log = log;
    }

    /**
     * Starts a JVM with this one's class path.
     *
     * @param main its main class, which calls {@link #serve}
     * @param logs where its log goes
     * @param options of the JVM
     * @param arguments of the main class
     */
    static ChildProcess start(
            Class<?> main, String name, Path logs, List<String> options, List<String> arguments)
            throws IOException {
        Path log = logs.resolve(name + ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dlog4j2.configurationFile=classpath:log4j2-local.xml");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        Process process =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        return new ChildProcess(name, process, log);
    }

    /** Sends a line and returns the answer. */
    String ask(String line) throws IOException {
        in.println(line);
        return answer();
    }

    /** Returns the next answer. */
    String answer() throws IOException {
        String line = out.readLine();
        while (line != null && !line.startsWith(ANSWER)) {
            line = out.readLine();
        }
        if (line == null) {
            throw new IOException("%s ended; its log says:%n%s".formatted(name, log()));
        }
        return line.substring(ANSWER.length());
    }

    /** Returns what was logged. */
    String log() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    @Override
    public void close() throws IOException {
        in.close();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        out.close();
    }

    /** What a process does with a line. */
    interface Service {
        String answer(String line) throws Exception;
    }

    /** In the process itself: answers each line until there are no more. */
    static void serve(String greeting, Service service) throws Exception {
        System.out.println(ANSWER + greeting);
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(ANSWER + service.answer(line));
        }
    }
}
