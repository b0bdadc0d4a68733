package io.logitstream.connector;

import io.logitstream.config.JobFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the broker before anything starts, and creates the output topics that are missing, with
 * the broker's defaults for partitions and replication. The losses topic is created compacted,
 * since its records are upserts; so is the control topic, with one partition, since its records
 * have an order. The topics of scores and labels are never created: an empty one would hide a
 * typing error.
 */
public final class BrokerChecks {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerChecks.class);

    private static final String DEFAULT_TIMEOUT_MILLIS = "15000";

    private final JobFile job;
    private final Admin admin;
    private final long timeoutMillis;
    private final List<String> faults = new ArrayList<>();
    private Collection<Node> nodes = List.of();
    private Set<String> topics = Set.of();

    private BrokerChecks(JobFile job, Admin admin, long timeoutMillis) {
        this.job = job;
        this.admin = admin;
        this.timeoutMillis = timeoutMillis;
    }

    /**
     * Checks the broker of a job, and creates missing output topics.
     *
     * @return what stands in the way, each with what to do; empty if the job can start
     */
    public static List<String> check(JobFile job) {
        return check(job, BrokerChecks::run);
    }

    /**
     * Checks the broker for those who only change the models of a job, which has a section control,
     * and creates its topic if it is missing.
     *
     * @return what stands in the way, each with what to do
     */
    public static List<String> checkControl(JobFile job) {
        return check(
                job,
                checks -> {
                    if (checks.reach()) {
                        checks.checkControl(job.control().topic());
                    }
                });
    }

    private static List<String> check(JobFile job, Consumer<BrokerChecks> what) {
        Properties properties = new Properties();
        properties.putAll(job.kafka().properties());
        // Kafka refuses a time for the whole call that is below that of one request.
        String request =
                properties.getProperty(
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, DEFAULT_TIMEOUT_MILLIS);
        boolean longer = Long.parseLong(request) > Long.parseLong(DEFAULT_TIMEOUT_MILLIS);
        properties.putIfAbsent(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                longer ? request : DEFAULT_TIMEOUT_MILLIS);
        String timeout = properties.getProperty(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG);
        properties.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout);
        Admin admin;
        try {
            admin = Admin.create(properties);
        } catch (KafkaException e) {
            return List.of("kafka: the client cannot be set up: " + rootMessage(e));
        }
        try {
            BrokerChecks checks = new BrokerChecks(job, admin, Long.parseLong(timeout));
            what.accept(checks);
            return checks.faults;
        } finally {
            // Every answer has been waited for. A plain close would wait for the calls that had
            // none, for ever.
            admin.close(Duration.ZERO);
        }
    }

    /** Asks what there is; returns false after reporting that there is no answer. */
    private boolean reach() {
        try {
            nodes = await(admin.describeCluster().nodes());
            topics = await(admin.listTopics().names());
        } catch (UnavailableException e) {
            faults.add(
                    "kafka.bootstrap.servers: no answer from "
                            + job.kafka()
                                    .properties()
                                    .get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG)
                            + " within "
                            + timeoutMillis / 1000.0
                            + " s ("
                            + e.getMessage()
                            + "); is the broker up, is the address right, do the security settings match?");
            return false;
        }
        return true;
    }

    private void run() {
        if (!reach()) {
            return;
        }
        requireInput("scores.topic", job.scores().topic());
        if (job.labels() != null) {
            requireInput("labels.topic", job.labels().topic());
        }
        Map<String, NewTopic> outputs = outputs();
        createMissing(outputs);
        if (job.control() != null) {
            checkControl(job.control().topic());
        }
        outputs.forEach((key, topic) -> checkLargestMessage(key, topic.name()));
        if (job.delivery() == JobFile.Delivery.EXACTLY_ONCE) {
            checkTransactionTimeout();
        }
    }

    private void requireInput(String key, String topic) {
        if (!topics.contains(topic)) {
            faults.add(
                    key + ": topic '" + topic + "' does not exist; create it or correct the name");
        }
    }

    /** A control topic that forgets by age forgets models. */
    private void checkControl(String topic) {
        String key = "control.topic";
        if (!topics.contains(topic)) {
            create(key, compacted(new NewTopic(topic, Optional.of(1), Optional.empty())));
            return;
        }
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Optional<String> policy = text(resource, TopicConfig.CLEANUP_POLICY_CONFIG);
        if (policy.isPresent() && !policy.get().equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            faults.add(
                    "%s: topic '%s' has cleanup.policy %s, so that models would be forgotten; make it compact"
                            .formatted(key, topic, policy.get()));
        }
    }

    private static NewTopic compacted(NewTopic topic) {
        return topic.configs(
                Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
    }

    private Map<String, NewTopic> outputs() {
        Map<String, NewTopic> wanted = new LinkedHashMap<>();
        wanted.put("predictions.topic", newTopic(job.predictions().topic()));
        JobFile.Losses losses = job.losses();
        if (losses != null) {
            wanted.put("losses.topic", compacted(newTopic(losses.topic())));
        }
        if (job.labelLedger() != null) {
            wanted.put("label-ledger.topic", newTopic(job.labelLedger().topic()));
        }
        if (job.alerts() != null) {
            wanted.put("alerts.topic", newTopic(job.alerts().topic()));
        }
        if (job.calibration() != null) {
            String topic = job.calibration().topic();
            wanted.put(
                    "calibration.topic",
                    compacted(new NewTopic(topic, Optional.of(1), Optional.empty())));
        }
        if (job.gradients() != null) {
            wanted.put("gradients.topic", newTopic(job.gradients().topic()));
        }
        wanted.put("dead-letters.topic", newTopic(job.deadLetters().topic()));
        return wanted;
    }

    private void createMissing(Map<String, NewTopic> wanted) {
        wanted.forEach(
                (key, topic) -> {
                    if (!topics.contains(topic.name())) {
                        create(key, topic);
                    }
                });
    }

    private static NewTopic newTopic(String name) {
        return new NewTopic(name, Optional.empty(), Optional.empty());
    }

    private void create(String key, NewTopic topic) {
        try {
            await(admin.createTopics(List.of(topic)).all());
        } catch (UnavailableException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                faults.add(
                        key
                                + ": topic '"
                                + topic.name()
                                + "' does not exist and cannot be created ("
                                + e.getMessage()
                                + "); create it, or allow this user to");
            }
        }
    }

    /** A record the broker refuses for its size would fail the job for ever. */
    private void checkLargestMessage(String key, String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        long wanted = KafkaJob.maxRequestBytes(job);
        Optional<Long> allowed = setting(resource, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        if (allowed.isPresent() && wanted > allowed.get()) {
            faults.add(
                    "kafka.max.request.size: %d is more than %s '%s' takes (its max.message.bytes is %d); lower the one or raise the other"
                            .formatted(wanted, key, topic, allowed.get()));
        }
    }

    private void checkTransactionTimeout() {
        long wanted = KafkaJob.transactionTimeoutMillis(job);
        ConfigResource broker =
                new ConfigResource(ConfigResource.Type.BROKER, nodes.iterator().next().idString());
        Optional<Long> allowed = setting(broker, "transaction.max.timeout.ms");
        if (allowed.isPresent() && wanted > allowed.get()) {
            faults.add(
                    "kafka.transaction.timeout.ms: %d is more than the broker's transaction.max.timeout.ms of %d; lower the one or raise the other"
                            .formatted(wanted, allowed.get()));
        }
    }

    /**
     * Reads a setting, which needs a right of its own; without it the producer tells at its first
     * start.
     */
    private Optional<Long> setting(ConfigResource resource, String name) {
        return text(resource, name).map(Long::parseLong);
    }

    private Optional<String> text(ConfigResource resource, String name) {
        try {
            Config config = await(admin.describeConfigs(List.of(resource)).all()).get(resource);
            return Optional.of(config.get(name).value());
        } catch (UnavailableException e) {
            LOG.info(
                    "Cannot read {} of {}, so it is not checked: {}",
                    name,
                    resource,
                    e.getMessage());
            return Optional.empty();
        }
    }

    private static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnavailableException(Throwable cause) {
            super(rootMessage(cause), cause);
        }
    }

    private <T> T await(KafkaFuture<T> future) throws UnavailableException {
        try {
            return future.get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new UnavailableException(e.getCause());
        } catch (TimeoutException e) {
            throw new UnavailableException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException(e);
        }
    }

    private static String rootMessage(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
