package io.logitstream.local;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.function.IntSupplier;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka broker in this process: one KRaft node that is broker and controller.
 *
 * <p>It listens on 127.0.0.1 only, on ports that were free, without authentication, and keeps its
 * records in a temporary directory until {@link #close}. Topics must be created before use, and
 * nothing is deleted for its age: the time of a record is not the time of its writing.
 *
 * <p>A broker that finds itself in a state it cannot mend (its directory gone, its metadata not
 * readable) ends the process it runs in, this one, with {@code Runtime.halt}: no shutdown hook runs
 * and a test run reports a crashed fork. Its reason is the last line of the log at FATAL or ERROR
 * level. Only during a start is this turned into an exception.
 *
 * <p>Thread-safe; calls wait for each other.
 */
public final class LocalKafka implements AutoCloseable {

    /** Whoever finds a directory left behind sees whose it was. */
    static final String DIRECTORY_PREFIX =
            "logitstream-kafka-" + ProcessHandle.current().pid() + "-";

    private static final int START_ATTEMPTS = 5;

    private final TempDirectory directory;
    private final Properties settings;
    private final String bootstrapServers;
    private final ExitHook exitHook;
    private @Nullable KafkaRaftServer server;

    private LocalKafka(
            TempDirectory directory,
            int clientPort,
            int controllerPort,
            Map<String, String> extra) {
        this.directory = directory;
        this.settings = BrokerSettings.of(directory.path(), clientPort, controllerPort, extra);
        this.bootstrapServers = BrokerSettings.HOST + ":" + clientPort;
        this.exitHook = ExitHook.running(this::close, "close-local-kafka");
    }

    /** Starts a broker and returns when it takes requests. */
    public static LocalKafka start() {
        return start(Map.of());
    }

    /**
     * Starts a broker with some settings changed and returns when it takes requests.
     *
     * @param extraSettings names and values of broker settings; they win over the built-in ones
     * @throws IllegalStateException if the broker does not start
     * @throws org.apache.kafka.common.config.ConfigException if Kafka refuses a setting
     */
    public static LocalKafka start(Map<String, String> extraSettings) {
        return start(extraSettings, FreePorts::find);
    }

    /** Somebody else may take a port between its choice and its use: then others are tried. */
    static LocalKafka start(Map<String, String> extraSettings, IntSupplier ports) {
        IllegalStateException failure = new IllegalStateException("the broker was not started");
        for (int attempt = 0; attempt < START_ATTEMPTS; attempt++) {
            try {
                return startOnce(extraSettings, ports);
            } catch (IllegalStateException e) {
                e.addSuppressed(failure);
                failure = e;
            }
        }
        throw failure;
    }

    private static LocalKafka startOnce(Map<String, String> extraSettings, IntSupplier ports) {
        LocalKafka kafka =
                new LocalKafka(
                        TempDirectory.create(DIRECTORY_PREFIX),
                        ports.getAsInt(),
                        ports.getAsInt(),
                        extraSettings);
        try {
            format(kafka.directory());
            kafka.startBroker();
            return kafka;
        } catch (RuntimeException | Error e) {
            kafka.close();
            throw e;
        }
    }

    /** Returns the value of {@code bootstrap.servers}; it stays the same across restarts. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Returns where the records are. */
    Path directory() {
        return directory.path();
    }

    /**
     * Creates a topic and returns when clients can see it.
     *
     * @param config settings of the topic, such as {@code cleanup.policy}
     * @throws IllegalStateException if the broker refuses, for example because the topic exists
     */
    public synchronized void createTopic(String name, int partitions, Map<String, String> config) {
        new LocalTopics(bootstrapServers).create(name, partitions, config);
    }

    /** Starts the broker again, on the same port and with its records; no effect if it runs. */
    public synchronized void startBroker() {
        if (server != null) {
            return;
        }
        KafkaRaftServer starting =
                new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
        BrokerExit.forbidDuring(
                () -> {
                    try {
                        starting.startup();
                    } catch (RuntimeException | BrokerExit e) {
                        stop(starting);
                        throw new IllegalStateException(
                                "the broker did not start: " + e.getMessage(), e);
                    }
                });
        server = starting;
    }

    /** Stops the broker and keeps its records; no effect if it is stopped. */
    public synchronized void stopBroker() {
        if (server != null) {
            stop(server);
            server = null;
        }
    }

    /** Stops the broker and deletes its records. The end of the process does it too. */
    @Override
    public synchronized void close() {
        stopBroker();
        directory.close();
        exitHook.cancel();
    }

    private static void stop(KafkaRaftServer server) {
        server.shutdown();
        server.awaitShutdown();
    }

    /** Makes a directory one that a broker of {@link BrokerSettings} starts with. */
    static void format(Path directory) {
        try {
            new Formatter()
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(BrokerSettings.NODE_ID)
                    .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
                    .addDirectory(directory.toString())
                    .setMetadataLogDirectory(directory.toString())
                    .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                    .setPrintStream(
                            new PrintStream(
                                    OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException("cannot format " + directory, e);
        }
    }
}
