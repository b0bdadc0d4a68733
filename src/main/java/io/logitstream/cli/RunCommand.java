package io.logitstream.cli;

import io.logitstream.config.JobFile;
import io.logitstream.connector.BrokerChecks;
import io.logitstream.connector.KafkaJob;
import io.logitstream.local.LocalFlink;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.streaming.api.environment.LocalStreamEnvironment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the job on the cluster it is submitted to, or in this process. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the job of a job file, on a cluster or in this process.",
            "Submit it with Flink's own client, or add --local to run it here against the Kafka the job file names.",
            "The broker is checked first; exit code 2 if the job cannot start."
        },
        footer = {
            "",
            "Examples:",
            "  flink run logitstream.jar run --job jobs/text-classification.yaml",
            "  logitstream run --local --job jobs/text-classification.yaml --set kafka.bootstrap.servers=broker:9092"
        })
final class RunCommand implements Callable<Integer> {

    @Mixin private JobOptions options;

    @Option(
            names = "--local",
            description = "Run in this process, with a web UI, until it is interrupted.")
    private boolean local;

    @Override
    public Integer call() throws Exception {
        JobFile job = options.read();
        StreamExecutionEnvironment env =
                local
                        ? new StreamExecutionEnvironment()
                        : StreamExecutionEnvironment.getExecutionEnvironment();
        if (env instanceof LocalStreamEnvironment) {
            throw new Failures.CannotStart(
                    "run: there is no cluster here; submit the jar with Flink's client (flink run ...) or add --local");
        }
        require(BrokerChecks.check(job, env.getConfiguration()));
        if (!local) {
            env.executeAsync(KafkaJob.graph(env, job));
            return 0;
        }
        Configuration settings = Configuration.fromMap(job.flink());
        int slots =
                settings.getOptional(CoreOptions.DEFAULT_PARALLELISM)
                        .orElse(Runtime.getRuntime().availableProcessors());
        try (LocalFlink flink = LocalFlink.start(1, slots, settings)) {
            env.setParallelism(slots);
            JobID id = flink.submit(KafkaJob.graph(env, job));
            System.err.println("running " + job.name() + ", web UI at " + flink.webUi());
            flink.result(id).get();
            return 0;
        }
    }

    /** Stops the command with every fault at once if the broker does not let the job start. */
    static void requireBroker(JobFile job) throws Failures.CannotStart {
        require(BrokerChecks.check(job));
    }

    /** Stops the command with every fault at once, if there are any. */
    static void require(List<String> faults) throws Failures.CannotStart {
        if (!faults.isEmpty()) {
            throw new Failures.CannotStart(String.join("\n", faults));
        }
    }
}
