package io.logitstream.local;

import java.io.IOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The broker of a cluster of processes: one KRaft node that is broker and controller, with the
 * broker's own main class.
 *
 * @param port where clients find it
 */
record BrokerProcess(int port) {

    static final String ROLE = "broker";

    /** A row of a million scores as JSON. */
    private static final String LARGEST_RECORD_BYTES = "16000000";

    String address() {
        return BrokerSettings.HOST + ":" + port;
    }

    /** Starts it; it does not take requests yet. */
    ClusterProcess start(ClusterFiles files) throws IOException {
        Path records = Files.createDirectories(files.brokerRecords());
        LocalKafka.format(records);
        try (Writer writer = Files.newBufferedWriter(settings(files))) {
            BrokerSettings.of(
                            records,
                            port,
                            FreePorts.find(),
                            Map.of("message.max.bytes", LARGEST_RECORD_BYTES))
                    .store(writer, null);
        }
        return startAgain(files);
    }

    /** Starts one that has ended, with the ports and records it had. */
    static ClusterProcess startAgain(ClusterFiles files) throws IOException {
        return ClusterProcess.start(
                files,
                ROLE,
                new ClusterProcess.Program(
                        files.brokerClassPath(),
                        List.of("-Xmx512m", FlinkProcesses.logging(files)),
                        List.of("kafka.Kafka", settings(files).toString())));
    }

    /** Returns the file that it reads when it starts. */
    static Path settings(ClusterFiles files) {
        return files.configuration().resolve("broker.properties");
    }

    /** Returns whether it takes requests. */
    boolean isUp() {
        try (Socket socket = new Socket()) {
            // A client that meets a closed port would warn of it.
            socket.connect(new InetSocketAddress(BrokerSettings.HOST, port), 1_000);
        } catch (IOException e) {
            return false;
        }
        return new LocalTopics(address()).canBeCreated();
    }
}
