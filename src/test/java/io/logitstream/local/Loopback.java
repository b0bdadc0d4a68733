package io.logitstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who can reach what listens in tests. */
final class Loopback {

    private static final String LISTENING = "0A";
    private static final List<String> LOOPBACK =
            List.of("0100007F", "0000000000000000FFFF00000100007F");

    private Loopback() {}

    /** Asserts that this process listens at 127.0.0.1 and nowhere else, where Linux can tell. */
    static void assertListensThereOnly() throws IOException {
        Set<String> inodes = ownSockets();
        List<String> addresses = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
            Path file = Path.of("/proc/self/net", table);
            for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                String[] columns = line.strip().split(" +");
                if (columns[3].equals(LISTENING) && inodes.contains(columns[9])) {
                    addresses.add(columns[1].replaceAll(":.*", ""));
                }
            }
        }
        assertThat(addresses).allSatisfy(address -> assertThat(LOOPBACK).contains(address));
        assertThat(addresses.isEmpty()).isEqualTo(inodes.isEmpty());
    }

    private static Set<String> ownSockets() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        Set<String> inodes = new HashSet<>();
        if (!Files.exists(descriptors)) {
            return inodes;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(descriptors)) {
            for (Path one : all) {
                socketOf(one).ifPresent(inodes::add);
            }
        }
        return inodes;
    }

    /** A descriptor may be closed while it is looked at. */
    private static Optional<String> socketOf(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("socket:[")
                    ? Optional.of(target.substring("socket:[".length(), target.length() - 1))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
