package io.logitstream.local;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One broker and one Flink cluster for all tests of the JVM, each started when it is first asked
 * for and closed after the last test class.
 *
 * <pre>{@code
 * @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();
 * }</pre>
 *
 * <p>A test creates topics with names of its own and ends its jobs. A test that stops the broker or
 * kills a task manager starts its own.
 */
public final class SharedLocal implements BeforeAllCallback {

    /** How many slots the shared cluster has in all. */
    public static final int SLOTS = 8;

    private static final int TASK_MANAGERS = 2;
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(SharedLocal.class);

    private ExtensionContext.@Nullable Store store;

    @Override
    public void beforeAll(ExtensionContext context) {
        store = context.getRoot().getStore(NAMESPACE);
    }

    /** Returns the shared broker. */
    public LocalKafka kafka() {
        return store().getOrComputeIfAbsent(
                        LocalKafka.class, key -> LocalKafka.start(), LocalKafka.class);
    }

    /** Returns the shared cluster: 2 task managers with 4 slots each. */
    public LocalFlink flink() {
        return cluster().flink();
    }

    /** Returns what the jobs on {@link #flink} count. */
    public MetricReader metrics() {
        return cluster().metrics();
    }

    private Cluster cluster() {
        return store().getOrComputeIfAbsent(Cluster.class, key -> Cluster.start(), Cluster.class);
    }

    private ExtensionContext.Store store() {
        if (store == null) {
            throw new IllegalStateException("not registered as an extension of a static field");
        }
        return store;
    }

    private record Cluster(LocalFlink flink, MetricReader metrics) implements AutoCloseable {

        static Cluster start() {
            InMemoryReporter reporter = InMemoryReporter.createWithRetainedMetrics();
            Configuration extra = reporter.addToConfiguration(new Configuration());
            // When a cluster is older than this, a job it has too few slots for fails at once.
            extra.setString("resourcemanager.standalone.start-up-time", "3600000");
            return new Cluster(
                    LocalFlink.start(TASK_MANAGERS, SLOTS / TASK_MANAGERS, extra),
                    new MetricReader(reporter));
        }

        @Override
        public void close() {
            flink.close();
        }
    }
}
