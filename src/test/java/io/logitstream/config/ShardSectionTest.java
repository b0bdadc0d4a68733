package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The section shards, and what normalizers go with. */
class ShardSectionTest {

    @TempDir Path directory;

    private JobFixture job(String more) {
        return new JobFixture(directory).yaml(JobFixture.MINIMAL + more);
    }

    @Test
    void fillsInDefaults() throws Exception {
        assertThat(job("").read().shards()).isNull();
        JobFile job = job("shards: {}\n").read();
        assertThat(job.shards())
                .isEqualTo(new JobFile.Shards(60_000, JobFile.MissingShards.DEAD_LETTER));
        assertThat(job.describe()).contains("shards:\n  wait: 1min\n  missing: dead-letter\n");
    }

    @Test
    void readsWhatBecomesOfMissingShards() throws Exception {
        JobFile job = job("shards: { wait: 5s, missing: partial }\n").read();
        assertThat(job.shards())
                .isEqualTo(new JobFile.Shards(5_000, JobFile.MissingShards.PARTIAL));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "11min | 0 | is longer than losses.allowed-lateness, so that a row | 10min",
                "6min | 5min | and labels.wait are together longer than losses.allowed-lateness | 5min",
            })
    void refusesAWaitThatOutlastsTheWindows(
            String wait, String labelWait, String why, String allowed) {
        String labels =
                labelWait.equals("0") ? "" : "labels: { topic: l, wait: " + labelWait + " }\n";
        assertThat(
                        job("losses: { topic: losses }\n"
                                        + labels
                                        + "shards: { wait: "
                                        + wait
                                        + " }\n")
                                .faults())
                .singleElement()
                .asString()
                .contains("shards.wait", why, "at most " + allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"label-smoothing=0.1", "focal-gamma=2"})
    void refusesALossThatASparseNormalizerDoesNotHave(String loss) {
        String key = loss.substring(0, loss.indexOf('='));
        assertThat(
                        job("").set("models[0].normalizer=sparsemax")
                                .set("models[0].loss." + loss)
                                .faults())
                .singleElement()
                .asString()
                .contains("models[0].loss." + key, "does not go with normalizer sparsemax");
    }
}
