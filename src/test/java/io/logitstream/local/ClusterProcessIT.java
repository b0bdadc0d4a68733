package io.logitstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which processes are taken for those of a cluster, and that they end. */
@Timeout(120)
class ClusterProcessIT {

    private static final Duration AT_ONCE = Duration.ofMillis(1);

    @TempDir Path directory;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endWhatIsLeft() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void endsTheProcessesOfItsClusterAndNoOther() throws Exception {
        ClusterFiles files = files("a");
        ClusterFiles similar = files("a/target/cluster");
        Process first = start(files, "first");
        Process second = start(files, "second");
        Process other = start(similar, "first");
        Process namesake = startWithMarkAsArgument(files);

        assertThat(pids(ClusterProcess.running(files.directory())))
                .containsExactlyInAnyOrder(first.pid(), second.pid());
        assertThat(pids(ClusterProcess.running(files.directory(), "second")))
                .containsExactly(second.pid());

        ClusterProcess.stop(ClusterProcess.running(files.directory()));

        assertThat(ClusterProcess.running(files.directory())).isEmpty();
        assertThat(List.of(first, second)).noneMatch(Process::isAlive);
        assertThat(List.of(other, namesake)).allMatch(Process::isAlive);
    }

    @Test
    void killsWhatDoesNotEndWhenItIsAsked() throws Exception {
        ClusterFiles files = files("b");
        Process stubborn = start(files, "stubborn");

        ClusterProcess.stop(ClusterProcess.running(files.directory()), AT_ONCE);

        assertThat(stubborn.waitFor()).as("killed by signal 9").isEqualTo(128 + 9);
    }

    @Test
    void downEndsWhatRunsWithoutItsDirectory() throws Exception {
        ClusterFiles files = files("c");
        Process process = start(files, "first");
        files.delete();

        assertThat(LocalCluster.find(files.home())).isEmpty();
        assertThat(LocalCluster.down(files.home())).isEqualTo(1);

        assertThat(process.isAlive()).isFalse();
        assertThat(LocalCluster.down(files.home())).isZero();
    }

    private ClusterFiles files(String home) throws IOException {
        ClusterFiles files = new ClusterFiles(directory.resolve(home));
        Files.createDirectories(files.logs());
        return files;
    }

    /** Starts a process and returns when it runs its main method. */
    private Process start(ClusterFiles files, String role) throws IOException {
        Process process =
                ClusterProcess.start(
                                files,
                                role,
                                new ClusterProcess.Program(
                                        System.getProperty("java.class.path"),
                                        List.of(),
                                        List.of(Idle.class.getName(), role)))
                        .process();
        started.add(process);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> Files.readString(files.log(role)).contains("idle"));
        return process;
    }

    private Process startWithMarkAsArgument(ClusterFiles files) throws IOException {
        Process process =
                new ProcessBuilder(
                                ClusterProcess.java(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Idle.class.getName(),
                                "-Dlogitstream.cluster=" + files.directory())
                        .start();
        started.add(process);
        assertThat(process.inputReader().readLine()).isEqualTo("idle");
        return process;
    }

    private static List<Long> pids(List<ProcessHandle> processes) {
        return processes.stream().map(ProcessHandle::pid).toList();
    }

    /** Does nothing; with the argument stubborn it does not even end. */
    static final class Idle {

        private Idle() {}

        public static void main(String[] args) throws InterruptedException {
            CountDownLatch never = new CountDownLatch(1);
            if (args[0].equals("stubborn")) {
                Runtime.getRuntime()
                        .addShutdownHook(
                                new Thread(
                                        () -> {
                                            try {
                                                never.await();
                                            } catch (InterruptedException e) {
                                                Thread.currentThread().interrupt();
                                            }
                                        }));
            }
            System.out.println("idle");
            never.await();
        }
    }
}
