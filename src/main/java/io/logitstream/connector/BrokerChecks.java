package io.logitstream.connector;

import io.logitstream.config.JobFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the broker before anything starts: whether it can be reached, whether the topics are
 * there and the user may use them, the group and the transactions, and whether sizes and times fit.
 * Creates the topics that are missing, as {@link JobTopic.Kind} says.
 */
public final class BrokerChecks {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerChecks.class);

    private static final long DEFAULT_TIMEOUT_MILLIS = 15_000;

    private final JobFile job;
    private final Admin admin;
    private final long timeoutMillis;
    private final List<String> faults = new ArrayList<>();
    private Collection<Node> nodes = List.of();

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
        return check(job, new Configuration());
    }

    /**
     * Does the same for a job on a cluster.
     *
     * @param cluster its settings, for what the job file does not say
     */
    public static List<String> check(JobFile job, ReadableConfig cluster) {
        return check(job, checks -> checks.run(cluster));
    }

    /**
     * Checks the broker for those who only look at or change the models of a job, which has a
     * section control, and creates its topic if it is missing.
     *
     * @param isToChange whether they will write to it
     * @return what stands in the way, each with what to do
     */
    public static List<String> checkControl(JobFile job, boolean isToChange) {
        JobTopic topic = JobTopic.controlOf(job.control());
        return check(
                job,
                checks -> {
                    if (checks.reach()) {
                        checks.checkTopic(isToChange ? topic.written() : topic);
                    }
                });
    }

    private static List<String> check(JobFile job, Consumer<BrokerChecks> what) {
        Properties properties = new Properties();
        properties.putAll(job.kafka().properties());
        // Kafka refuses a time for the whole call that is below that of one request.
        long request = millis(properties, AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG);
        properties.putIfAbsent(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                "" + Math.max(request, DEFAULT_TIMEOUT_MILLIS));
        long timeout = millis(properties, AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG);
        properties.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "" + timeout);
        Admin admin;
        try {
            admin = Admin.create(properties);
        } catch (KafkaException e) {
            List<String> faults = new ArrayList<>(FlinkChecks.faults(job));
            faults.add(ClientChecks.cannotSetUp(e));
            return faults;
        }
        try {
            BrokerChecks checks = new BrokerChecks(job, admin, timeout);
            what.accept(checks);
            return checks.faults;
        } finally {
            // Every answer has been waited for. A plain close would wait for the calls that had
            // none, for ever.
            admin.close(Duration.ZERO);
        }
    }

    /** Returns a time, the default if it is not set or, for the client to refuse, no number. */
    private static long millis(Properties properties, String key) {
        try {
            return Long.parseLong(properties.getProperty(key, "" + DEFAULT_TIMEOUT_MILLIS));
        } catch (NumberFormatException e) {
            return DEFAULT_TIMEOUT_MILLIS;
        }
    }

    /** Asks who is there; returns false after reporting that there is no answer. */
    private boolean reach() {
        try {
            nodes = await(admin.describeCluster().nodes());
        } catch (NoAnswerException e) {
            faults.add(unreachable(e));
            return false;
        }
        return true;
    }

    private String unreachable(NoAnswerException why) {
        String servers = job.kafka().properties().get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
        if (why.getCause() instanceof SslAuthenticationException) {
            return "kafka: no TLS with %s (%s); has an authority of ssl.truststore signed its certificate, and does it want one of yours?"
                    .formatted(servers, why.getMessage());
        }
        if (why.getCause() instanceof SaslAuthenticationException) {
            return "kafka: %s does not let this user in (%s); see sasl.mechanism and sasl.jaas.config"
                    .formatted(servers, why.getMessage());
        }
        return "kafka.bootstrap.servers: no answer from %s within %s s (%s); is the broker up, is the address right, do the security settings match?"
                .formatted(servers, timeoutMillis / 1000.0, why.getMessage());
    }

    private void run(ReadableConfig cluster) {
        List<String> unread = FlinkChecks.faults(job);
        faults.addAll(unread);
        faults.addAll(ClientChecks.faults(job));
        if (!reach()) {
            return;
        }
        JobTopic.allOf(job).forEach(this::checkTopic);
        BrokerRights rights = new BrokerRights(admin, timeoutMillis);
        faults.addAll(rights.missingForGroup(job.name()));
        if (job.delivery() == JobFile.Delivery.EXACTLY_ONCE) {
            faults.addAll(rights.missingForTransactions(KafkaJob.transactionalIdPrefix(job)));
            if (unread.isEmpty()) {
                checkTransactionTimeout(KafkaJob.checkpointInterval(job, cluster));
            }
        }
    }

    private void checkTopic(JobTopic topic) {
        try {
            TopicDescription description =
                    await(
                            admin.describeTopics(
                                            List.of(topic.name()),
                                            new DescribeTopicsOptions()
                                                    .includeAuthorizedOperations(true))
                                    .topicNameValues()
                                    .get(topic.name()));
            faults.addAll(BrokerRights.missing(topic, description.authorizedOperations()));
            checkSettings(topic);
        } catch (NoAnswerException e) {
            if (e.getCause() instanceof TopicAuthorizationException) {
                faults.addAll(BrokerRights.missing(topic, Set.of()));
            } else if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                addMissing(topic);
            } else {
                faults.add(
                        "%s: topic '%s' cannot be looked at (%s)"
                                .formatted(topic.key(), topic.name(), e.getMessage()));
            }
        }
    }

    private void addMissing(JobTopic topic) {
        if (topic.kind() == JobTopic.Kind.INPUT) {
            faults.add(
                    "%s: topic '%s' does not exist; create it or correct the name"
                            .formatted(topic.key(), topic.name()));
            return;
        }
        try {
            await(admin.createTopics(List.of(topic.toCreate())).all());
        } catch (NoAnswerException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                faults.add(
                        "%s: topic '%s' does not exist and cannot be created (%s); create it, or allow this user to"
                                .formatted(topic.key(), topic.name(), e.getMessage()));
                return;
            }
        }
        try {
            TopicLeaders.await(admin, topic.name(), Duration.ofMillis(timeoutMillis));
        } catch (NoAnswerException e) {
            // It has thousands of partitions, or this user may not look at it.
            LOG.info(
                    "No leaders of the new topic {} so far, which is not waited for: {}",
                    topic.name(),
                    e.getMessage());
        }
        checkSettings(topic);
    }

    private void checkSettings(JobTopic topic) {
        if (topic.kind() == JobTopic.Kind.CONTROL) {
            checkForgetsNothing(topic);
        }
        // Whoever sends a model is told if it is too large.
        if (topic.isWritten() && topic.kind() != JobTopic.Kind.CONTROL) {
            checkLargestMessage(topic);
        }
    }

    /** A control topic that forgets by age forgets models. */
    private void checkForgetsNothing(JobTopic topic) {
        ConfigResource resource = new ConfigResource(Type.TOPIC, topic.name());
        Optional<String> policy = text(resource, TopicConfig.CLEANUP_POLICY_CONFIG);
        if (policy.isPresent() && !policy.get().equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            faults.add(
                    "%s: topic '%s' has cleanup.policy %s, so that models would be forgotten; make it compact"
                            .formatted(topic.key(), topic.name(), policy.get()));
        }
    }

    /** A record the broker refuses for its size would fail the job for ever. */
    private void checkLargestMessage(JobTopic topic) {
        ConfigResource resource = new ConfigResource(Type.TOPIC, topic.name());
        long wanted = KafkaJob.maxRequestBytes(job);
        Optional<Long> allowed = setting(resource, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        if (allowed.isPresent() && wanted > allowed.get()) {
            faults.add(
                    "kafka.max.request.size: %d is more than %s '%s' takes (its max.message.bytes is %d); lower the one or raise the other"
                            .formatted(wanted, topic.key(), topic.name(), allowed.get()));
        }
    }

    private void checkTransactionTimeout(Duration interval) {
        Optional<Long> most =
                nodes.stream()
                        .findFirst()
                        .map(node -> new ConfigResource(Type.BROKER, node.idString()))
                        .flatMap(broker -> setting(broker, "transaction.max.timeout.ms"));
        faults.addAll(TransactionTimeout.faults(job, interval, most));
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
            // Not every broker that speaks Kafka has every setting.
            return Optional.ofNullable(config.get(name)).map(ConfigEntry::value);
        } catch (NoAnswerException e) {
            LOG.info(
                    "Cannot read {} of {}, so it is not checked: {}",
                    name,
                    resource,
                    e.getMessage());
            return Optional.empty();
        }
    }

    private <T> T await(KafkaFuture<T> answer) throws NoAnswerException {
        return NoAnswerException.await(answer, timeoutMillis);
    }
}
