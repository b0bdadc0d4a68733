package io.logitstream.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.util.bash.FlinkConfigLoader;
import org.apache.flink.util.FlinkException;

/**
 * What a container of Flink's official image is configured with. Its entry point reads two
 * variables and writes {@code config.yaml} anew, by the class that is called here
 * (docker-entrypoint.sh of https://github.com/apache/flink-docker).
 */
public final class ContainerConfiguration {

    private ContainerConfiguration() {}

    /**
     * Returns the configuration of a container.
     *
     * @param shipped the {@code config.yaml} of the image
     * @param environment the variables of the container
     * @param directory of one's own
     */
    public static Configuration of(Path shipped, Map<String, String> environment, Path directory)
            throws IOException, FlinkException {
        Files.copy(shipped, directory.resolve("config.yaml"));
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("jobmanager.rpc.address", environment.get("JOB_MANAGER_RPC_ADDRESS"));
        settings.put("blob.server.port", "6124");
        settings.put("query.server.port", "6125");
        settings.putAll(properties(environment));
        List<String> arguments = new ArrayList<>(List.of("--configDir", directory.toString()));
        settings.forEach((key, value) -> arguments.add("-D" + key + "=" + value));
        List<String> written =
                FlinkConfigLoader.loadAndModifyConfiguration(arguments.toArray(String[]::new));
        Files.write(directory.resolve("config.yaml"), written);
        return GlobalConfiguration.loadConfiguration(directory.toString());
    }

    /** Returns the lines of {@code FLINK_PROPERTIES}. */
    public static Map<String, String> properties(Map<String, String> environment) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (String line : environment.get("FLINK_PROPERTIES").strip().split("\n")) {
            String[] parts = line.split(":", 2);
            String value = parts[1].strip();
            if (value.matches(".*[\\s$].*")) {
                throw new IllegalArgumentException("a space or a $, which a shell takes: " + line);
            }
            properties.put(parts[0].strip(), value);
        }
        return properties;
    }

    /**
     * Returns what a process of this machine needs in place of a container's own address and files.
     *
     * @param home for its files
     */
    public static Configuration placesOnThisMachine(Path home) {
        String host = BrokerSettings.HOST;
        String rest = "" + FreePorts.find();
        String state = home.resolve("state").toUri().toString();
        return Configuration.fromMap(
                Map.ofEntries(
                        Map.entry("jobmanager.rpc.address", host),
                        Map.entry("jobmanager.rpc.port", "" + FreePorts.find()),
                        Map.entry("jobmanager.bind-host", host),
                        Map.entry("taskmanager.bind-host", host),
                        Map.entry("taskmanager.host", host),
                        Map.entry("rest.address", host),
                        Map.entry("rest.bind-address", host),
                        Map.entry("rest.port", rest),
                        Map.entry("rest.bind-port", rest),
                        Map.entry("blob.server.port", "0"),
                        Map.entry("execution.checkpointing.dir", state),
                        Map.entry("execution.checkpointing.savepoint-dir", state),
                        Map.entry("io.tmp.dirs", home.toString()),
                        // A machine busy with a build answers late, but it answers.
                        Map.entry("pekko.ask.timeout", "1min"),
                        // It would listen on all addresses.
                        Map.entry("metrics.reporters", "none")));
    }
}
