package io.logitstream.connector;

import io.logitstream.config.JobFile;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ClusterOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.FallbackKey;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.NettyShuffleEnvironmentOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateChangelogOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;

/**
 * Reads the settings of Flink that a job file has as Flink will: what it cannot read it would say
 * when the job is half made, one fault at a time. Settings that it does not know here, of a plugin
 * perhaps, are left to whoever does.
 */
public final class FlinkChecks {

    private static final List<Class<?>> OPTIONS =
            List.of(
                    CheckpointingOptions.class,
                    ClusterOptions.class,
                    CoreOptions.class,
                    DeploymentOptions.class,
                    ExecutionOptions.class,
                    JobManagerOptions.class,
                    MetricOptions.class,
                    NettyShuffleEnvironmentOptions.class,
                    PipelineOptions.class,
                    RestOptions.class,
                    RestartStrategyOptions.class,
                    RocksDBConfigurableOptions.class,
                    RocksDBOptions.class,
                    StateBackendOptions.class,
                    StateChangelogOptions.class,
                    StateRecoveryOptions.class,
                    TaskManagerOptions.class);

    private FlinkChecks() {}

    /** Returns which settings have values that Flink cannot read, by name; empty if none has. */
    public static List<String> faults(JobFile job) {
        Configuration given = Configuration.fromMap(job.flink());
        TreeSet<String> faults = new TreeSet<>();
        for (Class<?> options : OPTIONS) {
            for (Field field : options.getFields()) {
                if (ConfigOption.class == field.getType()) {
                    ConfigOption<?> option = option(field);
                    if (!isReadable(given, option)) {
                        String name = nameOf(option, job.flink());
                        faults.add("flink." + name + ": Flink can't read it" + hint(option));
                    }
                }
            }
        }
        return List.copyOf(faults);
    }

    private static ConfigOption<?> option(Field field) {
        try {
            return (ConfigOption<?>) field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(field + " is public", e);
        }
    }

    /** Returns the name that the job file has for an option, an earlier one perhaps. */
    private static String nameOf(ConfigOption<?> option, Map<String, String> given) {
        for (FallbackKey other : option.fallbackKeys()) {
            if (!given.containsKey(option.key()) && given.containsKey(other.getKey())) {
                return other.getKey();
            }
        }
        return option.key();
    }

    private static boolean isReadable(Configuration given, ConfigOption<?> option) {
        try {
            given.getOptional(option);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Says what would be right, without the value: that may be a secret. */
    private static String hint(ConfigOption<?> option) {
        Object usual = option.defaultValue();
        if (usual instanceof Enum<?> constant) {
            Object[] all = constant.getDeclaringClass().getEnumConstants();
            return " (allowed: one of " + Arrays.toString(all) + ")";
        }
        return usual == null ? "" : " (allowed: a value like its default, " + usual + ")";
    }
}
