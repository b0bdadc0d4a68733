package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The shipped job for late labels, with every section it can have, and the shipped section kafka of
 * one user.
 *
 * @param path of the job file
 */
record SecuredJob(Path path) {

    private static final Path SHIPPED = Path.of("jobs/late-labels.yaml");
    private static final Path SAMPLES = Path.of("config/kafka");
    private static final String SAMPLE_DIRECTORY = "/etc/logitstream";
    private static final String SAMPLE_USER = "logitstream";

    private static final List<String> SECTIONS =
            List.of(
                    "control.topic=late-models",
                    "calibration.topic=late-calibrations",
                    "calibration.mode=live",
                    "gradients.topic=late-gradients",
                    "labels.wait=2s",
                    "flink.execution.checkpointing.interval=500ms");

    /**
     * Writes a job file.
     *
     * @param sample which of the shipped sections kafka
     * @param address of the broker
     * @param user in place of that of the sample
     * @param directory in place of that of the sample, where the job file is written too
     */
    static SecuredJob write(String sample, String address, String user, Path directory)
            throws Exception {
        String kafka =
                Files.readString(SAMPLES.resolve(sample + ".yaml"))
                        .replaceAll("localhost:[0-9]+", address)
                        .replace(SAMPLE_DIRECTORY + "/" + SAMPLE_USER, directory + "/" + user)
                        .replace("\"" + SAMPLE_USER + "\"", "\"" + user + "\"")
                        .replace(SAMPLE_DIRECTORY, directory.toString());
        String jobs = SHIPPED.toAbsolutePath().getParent() + "/";
        String job =
                Files.readString(SHIPPED)
                        .replaceAll("(?m)^kafka:\n( .*\n)+", "")
                        .replace("recorded/", jobs + "recorded/")
                        .replace("fashion-10.shares.txt", jobs + "fashion-10.shares.txt");
        return new SecuredJob(
                Files.writeString(
                        directory.resolve(sample + "-" + user + ".yaml"), kafka + job, UTF_8));
    }

    JobFile file(String... more) throws Exception {
        List<String> overrides = new ArrayList<>(SECTIONS);
        overrides.addAll(List.of(more));
        return JobFileReader.read(path, overrides, Map.of());
    }

    /** Returns what its user's clients need. */
    Map<String, Object> clients() throws Exception {
        return new HashMap<>(file().kafka().properties());
    }

    CommandRun command(List<String> command, String... more) {
        List<String> arguments = new ArrayList<>(command);
        arguments.addAll(List.of("--job", path.toString()));
        SECTIONS.forEach(section -> arguments.addAll(List.of("--set", section)));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    CommandRun validate() {
        List<String> arguments = new ArrayList<>(List.of("validate", path.toString()));
        SECTIONS.forEach(section -> arguments.addAll(List.of("--set", section)));
        return CommandRun.of(arguments.toArray(String[]::new));
    }
}
