package io.logitstream.local;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** What makes a Kafka node a whole cluster of one, small enough to live inside another process. */
final class BrokerSettings {

    static final int NODE_ID = 1;
    static final String CONTROLLER_LISTENER = "CONTROLLER";
    static final String HOST = "127.0.0.1";

    private BrokerSettings() {}

    /**
     * Lists the settings of one start.
     *
     * @param extra win over everything set here
     */
    static Properties of(
            Path directory, int clientPort, int controllerPort, Map<String, String> extra) {
        Properties settings = new Properties();
        settings.putAll(identity(directory, clientPort, controllerPort));
        settings.putAll(replication());
        settings.putAll(size());
        settings.putAll(behaviour());
        settings.putAll(extra);
        return settings;
    }

    private static Map<String, String> identity(
            Path directory, int clientPort, int controllerPort) {
        String clients = "CLIENTS://" + HOST + ":" + clientPort;
        String controller = HOST + ":" + controllerPort;
        return Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                Integer.toString(NODE_ID),
                "controller.quorum.voters",
                NODE_ID + "@" + controller,
                "controller.listener.names",
                CONTROLLER_LISTENER,
                "listeners",
                clients + "," + CONTROLLER_LISTENER + "://" + controller,
                "advertised.listeners",
                clients,
                "listener.security.protocol.map",
                "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name",
                "CLIENTS",
                "log.dirs",
                directory.toString());
    }

    /** One node can hold one copy; one partition of each internal topic serves every group. */
    private static Map<String, String> replication() {
        return Map.of(
                "default.replication.factor", "1",
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "1",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "1",
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1",
                "share.coordinator.state.topic.num.partitions", "1");
    }

    /** The defaults are for a server: the log cleaner alone would take 128 MB of the heap. */
    private static Map<String, String> size() {
        return Map.of(
                "num.network.threads", "2",
                "num.io.threads", "2",
                "background.threads", "2",
                "group.coordinator.threads", "1",
                "share.coordinator.threads", "1",
                "log.segment.bytes", "16777216",
                "log.index.size.max.bytes", "262144",
                "log.cleaner.dedupe.buffer.size", "8388608",
                "log.cleaner.io.buffer.size", "65536",
                "offsets.load.buffer.size", "1048576");
    }

    /**
     * Replayed records carry the time of their recording; the usual week of retention would delete
     * them at once.
     */
    private static Map<String, String> behaviour() {
        return Map.of(
                "auto.create.topics.enable", "false",
                "group.initial.rebalance.delay.ms", "0",
                "log.retention.ms", "-1");
    }
}
