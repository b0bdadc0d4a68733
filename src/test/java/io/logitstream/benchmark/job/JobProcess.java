package io.logitstream.benchmark.job;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A process that runs the job of one variant and case, pass after pass. */
final class JobProcess implements AutoCloseable {

    /** A system property with more options for the JVMs of jobs, such as those of a profiler. */
    private static final String OPTIONS = "logitstream.bench.options";

    private static final String START = "start";
    private static final String STOP = "stop";
    private static final String FIGURES = "figures";

    private final ChildProcess child;

    private JobProcess(ChildProcess child) {
        this.child = child;
    }

    /** Starts the process; {@link #awaitReady} waits for it. */
    static JobProcess start(Variant variant, JobCase of, List<String> settings, Path logs)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of(variant.name()));
        arguments.addAll(of.arguments());
        List<String> options =
                new ArrayList<>(
                        List.of(
                                "-Xmx1g",
                                "-XX:+UseParallelGC",
                                "--add-modules=jdk.incubator.vector"));
        if (variant == Variant.OURS) {
            options.add("-D" + OurJob.SETTINGS + "=" + String.join("\n", settings));
        }
        options.addAll(
                Stream.of(System.getProperty(OPTIONS, "").split(" "))
                        .filter(option -> !option.isEmpty())
                        .map(option -> option.replace("VARIANT", variant.word))
                        .toList());
        return new JobProcess(
                ChildProcess.start(JobProcess.class, variant.word, logs, options, arguments));
    }

    void awaitReady() throws IOException {
        child.answer();
    }

    /** Starts the job; returns when it runs. */
    void startJob(Pass pass) throws IOException {
        child.ask(
                String.join(
                        " ",
                        START,
                        pass.bootstrapServers(),
                        pass.name(),
                        pass.scores(),
                        pass.labels(),
                        pass.predictions()));
    }

    void stopJob() throws IOException {
        child.ask(STOP);
    }

    Figures figures() throws IOException {
        return Figures.parse(child.ask(FIGURES));
    }

    /** Returns what the process has logged. */
    String log() throws IOException {
        return child.log();
    }

    @Override
    public void close() throws IOException {
        child.close();
    }

    /** The main class of the process. */
    public static void main(String[] args) throws Exception {
        JobCase of = JobCase.parse(List.of(args).subList(1, args.length));
        try (JobRunner runner = JobRunner.of(Variant.valueOf(args[0]), of)) {
            ChildProcess.serve(
                    "ready",
                    line -> {
                        String[] words = line.split(" ");
                        switch (words[0]) {
                            case START ->
                                    runner.start(
                                            new Pass(
                                                    words[1], words[2], words[3], words[4],
                                                    words[5]));
                            case STOP -> runner.stop();
                            case FIGURES -> {
                                return Figures.now().line();
                            }
                            default -> throw new IllegalArgumentException(line);
                        }
                        return "done";
                    });
        }
        System.exit(0);
    }
}
