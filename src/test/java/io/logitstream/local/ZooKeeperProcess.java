package io.logitstream.local;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer;

/**
 * The ZooKeeper server that comes with Flink, as a process: where a JobManager that is killed has
 * left what its successor needs to know.
 *
 * @param port where clients find it
 */
record ZooKeeperProcess(int port) {

    static final String ROLE = "zookeeper";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    String address() {
        return BrokerSettings.HOST + ":" + port;
    }

    /**
     * Starts it and returns when it takes requests.
     *
     * @param files where its own are
     */
    ClusterProcess start(ClusterFiles files) throws IOException {
        Files.createDirectories(files.logs());
        Path settings = files.directory().resolve("zookeeper.properties");
        Files.write(
                settings,
                List.of(
                        "dataDir=" + files.directory().resolve("zookeeper"),
                        "clientPort=" + port,
                        "clientPortAddress=" + BrokerSettings.HOST,
                        "admin.enableServer=false",
                        // A session ends after two ticks of silence at the earliest.
                        "tickTime=500"));
        ClusterProcess process =
                ClusterProcess.start(
                        files,
                        ROLE,
                        new ClusterProcess.Program(
                                // Of the tests: its snapshots need a library that clusters lack.
                                System.getProperty("java.class.path"),
                                List.of(
                                        "-Xmx64m",
                                        FlinkProcesses.logging(new ClusterFiles(Path.of("")))),
                                List.of(
                                        FlinkZooKeeperQuorumPeer.class.getName(),
                                        "--zkConfigFile",
                                        settings.toString(),
                                        "--peerId",
                                        "1")));
        await().atMost(PATIENCE).until(() -> isUp() || !process.process().isAlive());
        if (!process.process().isAlive()) {
            throw new IOException("ZooKeeper ended: " + files.endOfLog(ROLE));
        }
        return process;
    }

    private boolean isUp() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(BrokerSettings.HOST, port), 1_000);
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write("srvr".getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII).contains("Mode:");
        } catch (IOException e) {
            return false;
        }
    }
}
