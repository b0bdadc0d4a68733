package io.logitstream.local;

import io.logitstream.connector.NoAnswerException;
import io.logitstream.connector.TopicLeaders;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The topics of a broker of one node.
 *
 * @param bootstrapServers where it is
 */
record LocalTopics(String bootstrapServers) {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * Creates a topic and returns when clients can write to it.
     *
     * @throws IllegalStateException if the broker refuses, for example because the topic exists
     */
    void create(String name, int partitions, Map<String, String> config) {
        NewTopic topic = new NewTopic(name, partitions, (short) 1).configs(config);
        try (Admin admin = admin()) {
            admin.createTopics(List.of(topic)).all().get();
            TopicLeaders.await(admin, name, PATIENCE);
        } catch (NoAnswerException e) {
            throw new IllegalStateException("no leader of topic " + name, e.getCause());
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "cannot create topic " + name + ": " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Creates those of the topics that are missing. */
    void createMissing(Collection<String> names, int partitions) {
        Set<String> existing;
        try (Admin admin = admin()) {
            existing = admin.listTopics().names().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot list the topics", e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        names.stream()
                .filter(name -> !existing.contains(name))
                .forEach(name -> create(name, partitions, Map.of()));
    }

    /** Returns whether the broker takes part in its own cluster, so that topics can be created. */
    boolean canBeCreated() {
        try (Admin admin = admin()) {
            return !admin.describeCluster().nodes().get().isEmpty();
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private Admin admin() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while waiting for the broker", e);
    }
}
