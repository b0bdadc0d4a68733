package io.logitstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A compose file, as far as ours goes.
 *
 * @param file where it is; paths in it are relative to its directory
 * @param tree what is in it
 */
record ComposeFile(Path file, JsonNode tree) {

    /**
     * A mount.
     *
     * @param source a volume, or a file or directory of the host if it starts with a dot
     * @param target where it is in the container
     * @param options such as {@code ro}
     */
    record Mount(String source, String target, List<String> options) {

        boolean isOfHost() {
            return source.startsWith(".");
        }
    }

    /**
     * A port that is published.
     *
     * @param address of the host
     * @param host its port
     * @param container the container's port
     */
    record Port(String address, int host, int container) {}

    static ComposeFile read(Path file) throws IOException {
        return new ComposeFile(file, StrictYaml.read(file));
    }

    /** Returns all services by their names. */
    Map<String, JsonNode> services() {
        Map<String, JsonNode> services = new TreeMap<>();
        tree.get("services")
                .properties()
                .forEach(field -> services.put(field.getKey(), field.getValue()));
        return services;
    }

    JsonNode service(String name) {
        return tree.get("services").required(name);
    }

    String image(String service) {
        return service(service).required("image").asText();
    }

    List<String> command(String service) {
        return StrictYaml.texts(service(service).required("command"));
    }

    Map<String, String> environment(String service) {
        Map<String, String> environment = new HashMap<>();
        service(service)
                .required("environment")
                .properties()
                .forEach(field -> environment.put(field.getKey(), field.getValue().asText()));
        return environment;
    }

    List<Mount> mounts(String service) {
        List<Mount> mounts = new ArrayList<>();
        for (JsonNode volume : service(service).path("volumes")) {
            String[] parts = volume.asText().split(":");
            mounts.add(
                    new Mount(
                            parts[0],
                            parts[1],
                            parts.length < 3 ? List.of() : List.of(parts[2].split(","))));
        }
        return mounts;
    }

    List<Port> ports(String service) {
        List<Port> ports = new ArrayList<>();
        for (JsonNode port : service(service).path("ports")) {
            String[] parts = port.asText().split(":");
            ports.add(new Port(parts[0], Integer.parseInt(parts[1]), Integer.parseInt(parts[2])));
        }
        return ports;
    }

    /** Returns a path of the file as one of the project. */
    Path onHost(String source) {
        return Path.of("")
                .toAbsolutePath()
                .relativize(file.toAbsolutePath().getParent().resolve(source).normalize());
    }

    /** Returns what of the project a container sees at a path. */
    Path onHost(String service, String path) {
        return mounts(service).stream()
                .filter(Mount::isOfHost)
                .filter(mount -> Path.of(path).startsWith(mount.target()))
                .findFirst()
                .map(
                        mount ->
                                onHost(mount.source())
                                        .resolve(Path.of(mount.target()).relativize(Path.of(path)))
                                        .normalize())
                .orElseThrow(() -> new IllegalArgumentException(path + " is mounted by no one"));
    }
}
