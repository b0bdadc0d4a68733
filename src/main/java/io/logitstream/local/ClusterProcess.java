package io.logitstream.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A JVM of a cluster, which lives on when the command that started it has ended.
 *
 * <p>Its command line starts with a mark that names the cluster's directory. The mark tells it from
 * every other process, so no file of process ids can be stale or lost, and no number that was given
 * to another process since is taken for it.
 *
 * @param role what it is in its cluster, and the name of its log
 * @param process the process, a child of this one
 */
record ClusterProcess(String role, Process process) {

    private static final String ROLE = "-Dlogitstream.role=";
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration POLL = Duration.ofMillis(50);

    /**
     * What a JVM is started with.
     *
     * @param classPath its class path
     * @param options its flags
     * @param command the main class and its arguments
     */
    record Program(String classPath, List<String> options, List<String> command) {}

    /** Starts a JVM whose output goes to its log. */
    static ClusterProcess start(ClusterFiles files, String role, Program program)
            throws IOException {
        Path arguments = files.directory().resolve(role + ".args");
        writeArguments(arguments, program);
        ProcessBuilder builder =
                new ProcessBuilder(
                        // The end of the terminal is not the end of the cluster.
                        "nohup", java(), mark(files.directory()), ROLE + role, "@" + arguments);
        builder.environment().put("FLINK_CONF_DIR", files.configuration().toString());
        builder.redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(files.log(role).toFile()));
        return new ClusterProcess(role, builder.start());
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Class paths are too long for a command line that people read. */
    static void writeArguments(Path file, Program program) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-cp", program.classPath()));
        arguments.addAll(program.options());
        arguments.addAll(program.command());
        Files.write(file, arguments.stream().map(ClusterProcess::quoted).toList());
    }

    private static String quoted(String argument) {
        return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String mark(Path directory) {
        return "-Dlogitstream.cluster=" + directory;
    }

    /** Returns the processes that run for the cluster of a directory. */
    static List<ProcessHandle> running(Path directory) {
        String mark = mark(directory);
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            return processes.filter(process -> argument(process, 0).equals(mark)).toList();
        }
    }

    /** Returns those of them that have this role. */
    static List<ProcessHandle> running(Path directory, String role) {
        return running(directory).stream()
                .filter(process -> argument(process, 1).equals(ROLE + role))
                .toList();
    }

    /** Returns an argument of a process, or empty text if it has none or must not be looked at. */
    private static String argument(ProcessHandle process, int index) {
        String[] arguments = process.info().arguments().orElse(new String[0]);
        return index < arguments.length ? arguments[index] : "";
    }

    /**
     * Asks processes to end, and kills those that have not after 15 s.
     *
     * @throws IOException if one does not end even then
     */
    static void stop(List<ProcessHandle> processes) throws IOException {
        stop(processes, PATIENCE);
    }

    static void stop(List<ProcessHandle> processes, Duration patience) throws IOException {
        processes.forEach(ProcessHandle::destroy);
        if (!haveEnded(processes, patience)) {
            processes.forEach(ProcessHandle::destroyForcibly);
            if (!haveEnded(processes, PATIENCE)) {
                throw new IOException("processes that cannot be killed: " + pids(processes));
            }
        }
    }

    static String pids(List<ProcessHandle> processes) {
        return String.join(
                ", ", processes.stream().map(process -> Long.toString(process.pid())).toList());
    }

    private static boolean haveEnded(List<ProcessHandle> processes, Duration patience)
            throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (processes.stream().anyMatch(ClusterProcess::isAlive)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            pause();
        }
        return true;
    }

    /** One that has ended but that nobody has waited for is still there, without a command. */
    private static boolean isAlive(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    /** Waits a moment between two looks at what processes do. */
    static void pause() throws IOException {
        try {
            Thread.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for processes", e);
        }
    }
}
