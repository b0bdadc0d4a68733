package io.logitstream.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Flink's own command line client, as a child of this process that has ended when a call returns.
 *
 * @param files of the cluster it talks to
 */
record ClusterClient(ClusterFiles files) {

    private static final Pattern JOB_ID = Pattern.compile("submitted with JobID ([0-9a-f]{32})");

    /**
     * Submits a jar, detached.
     *
     * @return the job's id
     * @throws IOException if the client fails; what it has to say goes to stderr
     */
    String run(List<String> options, Path jar, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("run", "--detached"));
        command.addAll(options);
        command.add(jar.toString());
        command.addAll(arguments);
        Path file = files.directory().resolve(FlinkProcesses.CLIENT + ".args");
        ClusterProcess.writeArguments(file, FlinkProcesses.running(files).client(command));
        ProcessBuilder builder = new ProcessBuilder(ClusterProcess.java(), "@" + file);
        builder.environment().put("FLINK_CONF_DIR", files.configuration().toString());
        builder.redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(files.log(FlinkProcesses.CLIENT).toFile());
        int exitCode = await(builder.start());
        Matcher job = JOB_ID.matcher(Files.readString(files.log(FlinkProcesses.CLIENT)));
        if (exitCode != 0 || !job.find()) {
            throw new IOException(
                    "Flink's client ended with exit code %d; its log %s ends with:\n%s"
                            .formatted(
                                    exitCode,
                                    files.log(FlinkProcesses.CLIENT),
                                    files.endOfLog(FlinkProcesses.CLIENT)));
        }
        return job.group(1);
    }

    private static int await(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while submitting", e);
        }
    }
}
