package io.logitstream.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The files of a cluster of processes: what it is made from, and what it leaves while it is up.
 *
 * @param home the root of the project; the cluster is in its {@code target/cluster}
 */
record ClusterFiles(Path home) {

    private static final int TAIL_LINES = 8;

    ClusterFiles {
        home = home.toAbsolutePath().normalize();
    }

    /** Returns the directory that is there while a cluster is up. */
    Path directory() {
        return home.resolve("target/cluster");
    }

    /** Returns the directory of the configuration that is shipped. */
    Path shippedConfiguration() {
        return home.resolve("config/flink");
    }

    /** Returns the directory of the configuration that the processes read. */
    Path configuration() {
        return directory().resolve("conf");
    }

    Path brokerRecords() {
        return directory().resolve("broker-records");
    }

    Path checkpoints() {
        return directory().resolve("checkpoints");
    }

    Path savepoints() {
        return directory().resolve("savepoints");
    }

    Path scratch() {
        return directory().resolve("scratch");
    }

    Path logs() {
        return directory().resolve("logs");
    }

    /** Returns where the log of a process is. */
    Path log(String role) {
        return logs().resolve(role + ".log");
    }

    /** Returns the last lines of a log, for an error that has to explain itself. */
    String endOfLog(String role) {
        List<String> lines;
        try {
            lines = Files.readAllLines(log(role));
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
        return String.join(
                "\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }

    /** Returns the class path of a Flink cluster, without the job's jar. */
    String flinkClassPath() throws IOException {
        return read(home.resolve("target/cluster-class-path"));
    }

    /** Returns the class path of the broker, which is that of the local commands. */
    String brokerClassPath() throws IOException {
        return read(home.resolve("target/class-path"));
    }

    /** Returns the file with the broker's {@code bootstrap.servers}. */
    Path brokerAddress() {
        return directory().resolve("broker");
    }

    /** Returns the file with the address of REST and web page. */
    Path restAddress() {
        return directory().resolve("rest");
    }

    static String read(Path file) throws IOException {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            throw new IOException(file + " is missing; is this run by ./logitstream?", e);
        }
    }

    /** Deletes what a cluster left. */
    void delete() {
        new TempDirectory(directory()).close();
    }

    /**
     * Keeps other commands from starting or stopping a cluster here, until it is closed.
     *
     * @throws IOException if another one is at it
     */
    FileChannel lock() throws IOException {
        Path file = home.resolve("target/cluster.lock");
        Files.createDirectories(file.getParent());
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            channel.close();
            throw new IOException("another command is starting or stopping the cluster");
        }
        return channel;
    }
}
