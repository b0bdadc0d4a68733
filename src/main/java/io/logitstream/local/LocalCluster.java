package io.logitstream.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.IllegalConfigurationException;

/**
 * A cluster on this machine whose parts are processes of their own: a broker, a JobManager and
 * TaskManagers. They live on after the process that started them, until {@link #down}.
 *
 * <p>All of it listens on 127.0.0.1 only, on ports that were free (with the option {@code
 * metrics.reporters=prom}, Flink's Prometheus reporter listens everywhere), and lies in {@code
 * target/cluster} of the project: configuration, logs, records and state. There is one cluster to a
 * project.
 *
 * <p>Whatever goes wrong with a process is an {@link IOException} whose message has the end of its
 * log.
 */
public final class LocalCluster {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final ClusterFiles files;
    private final ClusterRest rest;
    private final String bootstrapServers;
    private final String webUi;

    private LocalCluster(ClusterFiles files) throws IOException {
        this.files = files;
        this.bootstrapServers = ClusterFiles.read(files.brokerAddress());
        this.webUi = ClusterFiles.read(files.restAddress());
        this.rest = new ClusterRest(webUi);
    }

    /** Returns the cluster of a project if one is up, or at least parts of it. */
    public static Optional<LocalCluster> find(Path home) throws IOException {
        ClusterFiles files = new ClusterFiles(home);
        boolean isUp =
                Files.exists(files.restAddress())
                        && !ClusterProcess.running(files.directory()).isEmpty();
        return isUp ? Optional.of(new LocalCluster(files)) : Optional.empty();
    }

    /**
     * Starts a cluster and returns when it takes jobs. What an earlier one left is deleted.
     *
     * @param home the root of the project
     * @param taskManagers at least 1
     * @param slots of each task manager, at least 1
     * @param flink options that win over {@code config/flink/config.yaml}
     * @param progress told what is being done
     * @throws IOException if it does not start; then nothing runs, and the logs are left
     */
    public static LocalCluster up(
            Path home,
            int taskManagers,
            int slots,
            Map<String, String> flink,
            Consumer<String> progress)
            throws IOException {
        ClusterFiles files = new ClusterFiles(home);
        try (FileChannel lock = files.lock()) {
            List<ProcessHandle> running = ClusterProcess.running(files.directory());
            if (!running.isEmpty()) {
                throw new IOException(
                        "there is a cluster already, process "
                                + ClusterProcess.pids(running)
                                + "; end it with: ./logitstream cluster down");
            }
            files.delete();
            Files.createDirectories(files.logs());
            return start(
                    files,
                    FlinkProcesses.of(files, taskManagers, slots, flink),
                    taskManagers,
                    progress);
        }
    }

    private static LocalCluster start(
            ClusterFiles files, FlinkProcesses flink, int taskManagers, Consumer<String> progress)
            throws IOException {
        ExitHook hook = ExitHook.running(() -> stopQuietly(files), "stop-half-a-cluster");
        boolean started = false;
        try {
            flink.writeConfiguration();
            LocalCluster cluster = startProcesses(files, flink, taskManagers, progress);
            started = true;
            return cluster;
        } catch (IllegalConfigurationException | IllegalArgumentException e) {
            throw new IOException("Flink refuses its options: " + e.getMessage(), e);
        } finally {
            hook.cancel();
            if (!started) {
                stopQuietly(files);
            }
        }
    }

    private static LocalCluster startProcesses(
            ClusterFiles files, FlinkProcesses flink, int taskManagers, Consumer<String> progress)
            throws IOException {
        BrokerProcess broker = new BrokerProcess(FreePorts.find());
        Files.writeString(files.brokerAddress(), broker.address() + "\n");
        Files.writeString(files.restAddress(), flink.rest() + "\n");
        LocalCluster cluster = new LocalCluster(files);
        List<ClusterProcess> processes = new ArrayList<>();
        progress.accept(
                "starting a broker, a JobManager and " + taskManagers + " TaskManagers ...");
        processes.add(broker.start(files));
        processes.add(flink.startJobManager());
        for (int number = 1; number <= taskManagers; number++) {
            processes.add(flink.startTaskManager(number));
        }
        cluster.await(processes.get(0).role(), processes, broker::isUp);
        progress.accept("the broker is up");
        cluster.await(
                FlinkProcesses.JOB_MANAGER, processes, () -> cluster.rest.taskManagers() >= 0);
        progress.accept("the JobManager is up");
        cluster.await(
                FlinkProcesses.TASK_MANAGER + taskManagers,
                processes,
                () -> cluster.rest.taskManagers() == taskManagers);
        return cluster;
    }

    private interface Check {
        boolean holds() throws IOException;
    }

    /** While a process starts, or when it has ended, nobody answers. */
    private static boolean holds(Check check) {
        try {
            return check.holds();
        } catch (IOException e) {
            return false;
        }
    }

    private void await(String role, List<ClusterProcess> processes, Check check)
            throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!holds(check)) {
            for (ClusterProcess process : processes) {
                if (!process.process().isAlive()) {
                    throw notStarted(process.role(), "ended");
                }
            }
            if (System.nanoTime() > deadline) {
                throw notStarted(role, "is not there after " + PATIENCE.toSeconds() + " s");
            }
            ClusterProcess.pause();
        }
    }

    private IOException notStarted(String role, String what) {
        return new IOException(
                "the %s %s; its log %s ends with:\n%s"
                        .formatted(role, what, files.log(role), files.endOfLog(role)));
    }

    /** Interrupted, a start may still be starting some while others end. */
    private static void stopQuietly(ClusterFiles files) {
        try {
            List<ProcessHandle> running = ClusterProcess.running(files.directory());
            while (!running.isEmpty()) {
                ClusterProcess.stop(running);
                running = ClusterProcess.running(files.directory());
            }
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
    }

    /**
     * Ends all processes of the cluster of a project, however many there still are, and deletes its
     * directory. They are asked first, and killed if they have not ended after 15 s.
     *
     * @return how many processes there were
     */
    public static int down(Path home) throws IOException {
        ClusterFiles files = new ClusterFiles(home);
        try (FileChannel lock = files.lock()) {
            List<ProcessHandle> all = ClusterProcess.running(files.directory());
            // Flink first: its clients would miss the broker.
            List<ProcessHandle> flink = new ArrayList<>(all);
            flink.removeAll(ClusterProcess.running(files.directory(), BrokerProcess.ROLE));
            ClusterProcess.stop(flink);
            ClusterProcess.stop(ClusterProcess.running(files.directory()));
            files.delete();
            return all.size();
        }
    }

    /** Returns the broker's {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Returns the address of Flink's web page and REST. */
    public String webUi() {
        return webUi;
    }

    /** Returns the directory of the logs. */
    public Path logs() {
        return files.logs();
    }

    /** Creates those of the topics that are missing. */
    public void createMissingTopics(Collection<String> names, int partitions) {
        new LocalTopics(bootstrapServers).createMissing(names, partitions);
    }

    /** Returns the parallelism of a job that asks for none. */
    public int defaultParallelism() {
        return FlinkProcesses.running(files).configuration().get(CoreOptions.DEFAULT_PARALLELISM);
    }

    /** Returns how many more tasks can run beside each other. */
    public int freeSlots() throws IOException {
        return rest.freeSlots();
    }

    /** Returns whether a job of this name has not ended. */
    public boolean hasJobNamed(String name) throws IOException {
        return rest.hasJobNamed(name);
    }

    /**
     * Submits a jar with Flink's own client, in a process of its own, and returns when every task
     * of the job runs.
     *
     * @param options of the client's {@code run}, such as {@code -p 2}
     * @param jar what to submit
     * @param arguments of the jar's main class
     * @return the job's id
     */
    public String submit(List<String> options, Path jar, List<String> arguments)
            throws IOException {
        String job = new ClusterClient(files).run(options, jar, arguments);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        ClusterRest.JobState state = stateOf(job, deadline);
        while (!state.isRunning()) {
            if (state.isOver() || System.nanoTime() > deadline) {
                throw new IOException(
                        "job %s is %s, its tasks are %s. %s"
                                .formatted(
                                        job, state.state(), state.tasks(), rest.lastFailure(job)));
            }
            ClusterProcess.pause();
            state = stateOf(job, deadline);
        }
        return job;
    }

    /** Asks again while nobody answers: with high availability the leader may change meanwhile. */
    private ClusterRest.JobState stateOf(String job, long deadline) throws IOException {
        while (true) {
            try {
                return rest.job(job);
            } catch (IOException e) {
                if (ClusterProcess.running(files.directory(), FlinkProcesses.JOB_MANAGER)
                        .isEmpty()) {
                    throw notStarted(FlinkProcesses.JOB_MANAGER, "ended");
                }
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
            ClusterProcess.pause();
        }
    }
}
