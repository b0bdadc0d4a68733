package io.logitstream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.tools.TopicCommand.TopicCommandOptions;

/**
 * The script that creates the topics of the compose file.
 *
 * @param command what runs it on this machine
 */
record TopicsScript(List<String> command) {

    static TopicsScript of(ComposeFile compose) {
        List<String> command = new ArrayList<>(compose.command("topics"));
        command.set(1, compose.onHost("topics", command.get(1)).toString());
        return new TopicsScript(command);
    }

    String text() throws IOException {
        return Files.readString(Path.of(command.get(1)));
    }

    /**
     * Runs the script with a program in place of Kafka's, and lets Kafka's read what it was told.
     *
     * @param directory for that program
     */
    List<TopicCommandOptions> calls(Path directory) throws IOException, InterruptedException {
        Path calls = Files.createFile(directory.resolve("calls"));
        Path program = directory.resolve("kafka-topics.sh");
        Files.writeString(program, "#!/bin/sh\necho \"$@\" >> " + calls + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Path log = directory.resolve("topics.log");
        ProcessBuilder script =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        script.environment().merge("PATH", directory.toString(), (path, own) -> own + ":" + path);
        int exitCode = script.start().waitFor();
        if (exitCode != 0) {
            throw new IOException(
                    command + " ended with " + exitCode + ": " + Files.readString(log));
        }
        return Files.readAllLines(calls).stream().map(TopicsScript::parse).toList();
    }

    private static TopicCommandOptions parse(String call) {
        TopicCommandOptions options = new TopicCommandOptions(call.split(" "));
        options.checkArgs();
        return options;
    }
}
