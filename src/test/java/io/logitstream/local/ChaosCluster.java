package io.logitstream.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A cluster of processes whose parts can be killed, frozen and stopped, and are started again as a
 * supervisor would; its JobManager keeps what its successor needs in ZooKeeper.
 *
 * <p>It lies in {@code target/chaos}, beside the one that users start, and leaves its logs there.
 */
public final class ChaosCluster implements AutoCloseable {

    public static final String BROKER = BrokerProcess.ROLE;
    public static final String JOB_MANAGER = FlinkProcesses.JOB_MANAGER;

    /** After so long without a sign of life a process counts as dead. */
    public static final Duration HEARTBEAT_TIMEOUT = Duration.ofSeconds(4);

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final Path HOME = PROJECT.resolve("target/chaos");

    /** What the cluster is made from, relative to the root of the project. */
    private static final List<String> INGREDIENTS =
            List.of(
                    "config/flink/config.yaml",
                    "config/flink/log4j-console.properties",
                    "target/class-path",
                    "target/cluster-class-path");

    private static final ClusterFiles ZOO_KEEPER_FILES =
            new ClusterFiles(HOME.resolve("zookeeper"));

    private final ClusterFiles files = new ClusterFiles(HOME);
    private final LocalCluster cluster;
    private final JobRest rest;
    private final ExitHook exitHook;
    private final Map<String, ProcessHandle> processes = new TreeMap<>();
    private final Set<String> withheld = new HashSet<>();
    private final Set<String> killed = new HashSet<>();
    private int ownEnds;

    private ChaosCluster(LocalCluster cluster, ExitHook exitHook) {
        this.exitHook = exitHook;
        this.cluster = cluster;
        this.rest = new JobRest(cluster.webUi());
        for (ProcessHandle process : ClusterProcess.running(files.directory())) {
            String[] arguments = process.info().arguments().orElseThrow();
            processes.put(arguments[1].replaceFirst("^.*=", ""), process);
        }
    }

    /**
     * Starts one with some options changed and returns when it takes jobs. What an interrupted run
     * left is ended.
     */
    public static ChaosCluster up(int taskManagers, int slots, Map<String, String> more)
            throws IOException {
        for (String ingredient : INGREDIENTS) {
            Path copy = HOME.resolve(ingredient);
            Files.createDirectories(copy.getParent());
            Files.copy(PROJECT.resolve(ingredient), copy, StandardCopyOption.REPLACE_EXISTING);
        }
        ClusterProcess.stop(running(), Duration.ZERO);
        ZOO_KEEPER_FILES.delete();
        ExitHook exitHook = ExitHook.running(ChaosCluster::killAll, "end-chaos");
        try {
            ZooKeeperProcess zooKeeper = new ZooKeeperProcess(FreePorts.find());
            zooKeeper.start(ZOO_KEEPER_FILES);
            LocalCluster cluster =
                    LocalCluster.up(
                            HOME, taskManagers, slots, options(zooKeeper, more), step -> {});
            shortenSessionsOfBroker();
            return new ChaosCluster(cluster, exitHook);
        } catch (IOException | RuntimeException e) {
            killAll();
            exitHook.cancel();
            throw e;
        }
    }

    /** One that was killed may not come back before its session is over; from its next start on. */
    private static void shortenSessionsOfBroker() throws IOException {
        Files.writeString(
                BrokerProcess.settings(new ClusterFiles(HOME)),
                "broker.session.timeout.ms=2000\nbroker.heartbeat.interval.ms=500\n",
                StandardOpenOption.APPEND);
    }

    /** Small, and quick to see that something is dead: the defaults are for networks. */
    private static Map<String, String> options(
            ZooKeeperProcess zooKeeper, Map<String, String> more) {
        Map<String, String> options = new HashMap<>();
        options.put("high-availability.type", "zookeeper");
        options.put("high-availability.zookeeper.quorum", zooKeeper.address());
        options.put(
                "high-availability.storageDir",
                "" + new ClusterFiles(HOME).directory().resolve("high-availability").toUri());
        options.put("high-availability.zookeeper.client.session-timeout", "6s");
        options.put("high-availability.zookeeper.client.retry-wait", "500ms");
        options.put("heartbeat.interval", "500ms");
        options.put("heartbeat.timeout", HEARTBEAT_TIMEOUT.toMillis() + "ms");
        options.put("restart-strategy.exponential-delay.initial-backoff", "200ms");
        options.put("restart-strategy.exponential-delay.max-backoff", "1s");
        // Most of what these processes do is to start.
        for (String role : List.of("jobmanager", "taskmanager", "client")) {
            options.put("env.java.opts." + role, "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        }
        options.put("jobmanager.memory.process.size", "832m");
        options.put("taskmanager.memory.process.size", "1200m");
        options.putAll(more);
        return options;
    }

    public static String taskManager(int number) {
        return FlinkProcesses.TASK_MANAGER + number;
    }

    public String bootstrapServers() {
        return cluster.bootstrapServers();
    }

    public void createTopic(String name, int partitions) {
        cluster.createMissingTopics(List.of(name), partitions);
    }

    /** Submits the shipped jar with Flink's client and returns when every task runs. */
    public String submit(List<String> options, List<String> arguments) throws IOException {
        try (var jars = Files.newDirectoryStream(PROJECT.resolve("target"), "logitstream-*.jar")) {
            return cluster.submit(options, jars.iterator().next(), arguments);
        }
    }

    /** Makes a checkpoint and returns its number when it is complete. */
    public long checkpoint(String job) throws IOException {
        return rest.checkpoint(job, PATIENCE);
    }

    /** Stops a job and returns the path of its savepoint. */
    public String stop(String job, boolean drain) throws IOException {
        return rest.stop(job, drain, PATIENCE);
    }

    public boolean isOver(String job) throws IOException {
        return new ClusterRest(cluster.webUi()).job(job).isOver();
    }

    /** Returns why the job failed last. */
    public String lastFailure(String job) throws IOException {
        return new ClusterRest(cluster.webUi()).lastFailure(job);
    }

    /** Returns when the job failed last, as its JobManager knows, or 0. */
    public long lastFailureMillis(String job) throws IOException {
        return rest.lastFailureMillis(job);
    }

    /** Returns the roles of the TaskManagers that run a job. */
    public List<String> taskManagersOf(String job) throws IOException {
        return List.copyOf(rest.taskManagers(job));
    }

    /** Ends a process by signal 9. */
    public void kill(String role) {
        killed.add(role);
        ProcessHandle process = processes.get(role);
        process.destroyForcibly();
        await().atMost(PATIENCE).until(() -> !process.isAlive());
    }

    /** Asks a process to end; it is not started again before {@link #release}. */
    public void stopAndWithhold(String role) throws IOException {
        withheld.add(role);
        ClusterProcess.stop(List.of(processes.get(role)));
    }

    public void release(String role) {
        withheld.remove(role);
        killed.add(role);
    }

    public void freeze(String role) throws IOException {
        signal("-STOP", role);
    }

    public void thaw(String role) throws IOException {
        signal("-CONT", role);
    }

    private void signal(String signal, String role) throws IOException {
        Process kill =
                new ProcessBuilder("kill", signal, "" + processes.get(role).pid())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(kill.getInputStream().readAllBytes(), UTF_8);
        if (kill.onExit().join().exitValue() != 0) {
            throw new IOException("no signal " + signal + " to " + role + ": " + output);
        }
    }

    /** Starts every process again that has ended and is not withheld, as a supervisor would. */
    public void startWhatHasEnded() throws IOException {
        for (Map.Entry<String, ProcessHandle> process : processes.entrySet()) {
            String role = process.getKey();
            if (!process.getValue().isAlive() && !withheld.contains(role)) {
                if (!killed.remove(role)) {
                    ownEnds++;
                    System.out.println(role + " ended by itself:\n" + files.endOfLog(role));
                }
                process.setValue(startAgain(role).process().toHandle());
            }
        }
    }

    private ClusterProcess startAgain(String role) throws IOException {
        FlinkProcesses flink = FlinkProcesses.running(files);
        if (role.equals(BROKER)) {
            return BrokerProcess.startAgain(files);
        }
        if (role.equals(JOB_MANAGER)) {
            return flink.startJobManager();
        }
        return flink.startTaskManager(
                Integer.parseInt(role.substring(FlinkProcesses.TASK_MANAGER.length())));
    }

    /** Returns how many lines a process, with those that had its role before, has logged. */
    public long logLines(String role) throws IOException {
        try (var lines = Files.lines(files.log(role))) {
            return lines.count();
        }
    }

    /** Returns how often Flink started a job again, other than with a new JobManager. */
    public long restarts() throws IOException {
        try (var lines = Files.lines(files.log(JOB_MANAGER))) {
            return lines.filter(line -> line.contains("from state RESTARTING to RUNNING")).count();
        }
    }

    /** Returns how many processes ended without having been killed, and were started again. */
    public int ownEnds() {
        return ownEnds;
    }

    /** Ends all processes, also frozen ones, and leaves their logs. */
    @Override
    public void close() {
        killAll();
        exitHook.cancel();
    }

    private static void killAll() {
        running().forEach(ProcessHandle::destroyForcibly);
    }

    private static List<ProcessHandle> running() {
        List<ProcessHandle> all =
                new ArrayList<>(ClusterProcess.running(new ClusterFiles(HOME).directory()));
        all.addAll(ClusterProcess.running(ZOO_KEEPER_FILES.directory()));
        return all;
    }
}
