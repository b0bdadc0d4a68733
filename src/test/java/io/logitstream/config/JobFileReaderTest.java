package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.logitstream.config.JobFile.DeadLetters;
import io.logitstream.config.JobFile.Delivery;
import io.logitstream.config.JobFile.Emit;
import io.logitstream.config.JobFile.Losses;
import io.logitstream.config.JobFile.Predictions;
import io.logitstream.config.JobFile.Scores;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.ScoresAre;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobFileReaderTest {

    private static final Path FIXTURES = Path.of("src/test/resources/config");

    @Test
    void readsEveryKeyOfACompleteFile() throws Exception {
        JobFile job = read("complete.yaml");

        assertThat(job.name()).isEqualTo("language-id");
        assertThat(job.kafka().properties())
                .isEqualTo(Map.of("bootstrap.servers", "localhost:9092", "acks", "all"));
        assertThat(job.flink())
                .isEqualTo(
                        Map.of(
                                "execution.checkpointing.interval",
                                "10s",
                                "parallelism.default",
                                "2"));
        assertThat(job.delivery()).isEqualTo(Delivery.AT_LEAST_ONCE);
        assertThat(job.scores()).isEqualTo(new Scores("scores", "float32", 500, 60_000));
        assertThat(job.predictions()).isEqualTo(new Predictions("predictions", "json", Emit.FULL));
        assertThat(job.losses()).isEqualTo(new Losses("losses", 3_600_000, 86_400_000, 128));
        assertThat(job.deadLetters()).isEqualTo(new DeadLetters("dead-letters"));
        assertThat(job.models())
                .containsExactly(
                        new ModelSpec(
                                "animals",
                                3,
                                List.of("cat", "\u3000", " dog "),
                                ScoresAre.LOG_PROBABILITIES,
                                2.5,
                                Normalizer.SOFTMAX,
                                2),
                        new ModelSpec(
                                "7", 2, List.of(), ScoresAre.LOGITS, 1.0, Normalizer.SOFTMAX, 5));
    }

    @Test
    void fillsInDefaults() throws Exception {
        JobFile job = read("minimal.yaml");

        assertThat(job.flink()).isEmpty();
        assertThat(job.delivery()).isEqualTo(Delivery.EXACTLY_ONCE);
        assertThat(job.scores()).isEqualTo(new Scores("scores", "json", 5_000, 30_000));
        assertThat(job.predictions()).isEqualTo(new Predictions("predictions", "json", Emit.TOP_K));
        assertThat(job.losses()).isNull();
    }

    @Test
    void fillsInDefaultsOfLosses() throws Exception {
        JobFile job = read("minimal.yaml", "losses.topic=losses");

        assertThat(job.losses()).isEqualTo(new Losses("losses", 60_000, 600_000, 128));
    }

    @Test
    void describesWhatWasResolvedAsYaml() throws Exception {
        assertThat(
                        read("complete.yaml", "predictions.emit=top-k", "kafka.sasl.password=pw")
                                .describe())
                .isEqualTo(
                        """
                        name: language-id
                        kafka:
                          sasl.password: '******'
                          bootstrap.servers: localhost:9092
                          acks: all
                        flink:
                          execution.checkpointing.interval: 10s
                          parallelism.default: '2'
                        delivery: at-least-once
                        scores:
                          topic: scores
                          format: float32
                          out-of-orderness: 500ms
                          idle-after: 1min
                        predictions:
                          topic: predictions
                          format: json
                          emit: top-k
                        losses:
                          topic: losses
                          window: 1h
                          allowed-lateness: 1d
                          per-class: 128
                        dead-letters:
                          topic: dead-letters
                        models:
                        - name: animals
                          classes: 3
                          labels: 3 class names
                          scores-are: log-probabilities
                          temperature: 2.5
                          normalizer: softmax
                          top-k: 2
                        - name: '7'
                          classes: 2
                          labels: none
                          scores-are: logits
                          temperature: 1.0
                          normalizer: softmax
                          top-k: 5
                        """);
    }

    @Test
    void reportsAllFaultsTogetherInTheOrderOfTheirPlaces() {
        assertThat(faultsOf("faulty.yaml"))
                .extracting(ConfigFault::toString)
                .map(fault -> fault.substring((FIXTURES + "/faulty.yaml:").length()))
                .containsExactly(
                        "5:3: kafka.enable.auto.commit: is fixed: offsets are committed with"
                                + " checkpoints (allowed: leave it out)",
                        "6:18: scores.topic: \"no spaces\" is not a legal topic name (allowed: 1 to"
                                + " 249 letters, digits, dots, underscores and hyphens, not . or ..)",
                        "6:31: scores.formt: is not a key here; did you mean format? (allowed:"
                                + " topic, format, out-of-orderness, idle-after)",
                        "7:1: predictions.topic: is required (allowed: 1 to 249 letters, digits,"
                                + " dots, underscores and hyphens, not . or ..)",
                        "8:9: predictions.emit: \"all\" is not one of the values (allowed: top-k,"
                                + " full)",
                        "11:25: models[0].classes: \"0\" is too small (allowed: a whole number from"
                                + " 1 to 10000000)",
                        "11:41: models[0].temperature: \"-1\" is too small (allowed: a number"
                                + " from 1.0E-6 to 1000000.0)");
    }

    @Test
    void reportsEachDuplicateKeyAtTheSecondOne() {
        assertThat(faultsOf("duplicate-keys.yaml"))
                .extracting(
                        ConfigFault::line, ConfigFault::column, ConfigFault::what, ConfigFault::why)
                .containsExactly(
                        tuple(2, 1, "name", "is given twice, first on line 1"),
                        tuple(7, 3, "scores.topic", "is given twice, first on line 5"));
    }

    @Test
    void reportsWhereTheYamlBreaks() {
        assertThat(faultsOf("syntax-error.yaml"))
                .singleElement()
                .satisfies(
                        fault -> {
                            assertThat(fault.line()).isEqualTo(3);
                            assertThat(fault.column()).isEqualTo(1);
                            assertThat(fault.what()).isEqualTo("YAML");
                        });
    }

    @Test
    void reportsAMissingJobFile() {
        assertThat(faultsOf("absent.yaml"))
                .extracting(ConfigFault::why)
                .containsExactly("there is no such file");
    }

    private static JobFile read(String fixture, String... overrides) throws JobFileException {
        return JobFileReader.read(FIXTURES.resolve(fixture), List.of(overrides), Map.of());
    }

    private static List<ConfigFault> faultsOf(String fixture) {
        return catchThrowableOfType(JobFileException.class, () -> read(fixture)).faults();
    }
}
