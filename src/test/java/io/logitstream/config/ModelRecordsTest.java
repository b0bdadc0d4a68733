package io.logitstream.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.kernel.RowLoss;
import io.logitstream.record.CompareSpec;
import io.logitstream.record.DriftReference;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.ModelChange;
import io.logitstream.record.ModelLoss;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.ScoresAre;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelRecordsTest {

    private static final String FULL =
            """
            {
              "name": "m", "version": 9007199254740991, "classes": 2, "labels": ["a/b", "\\u00e9"],
              "scores-are": "log-probabilities", "temperature": 2.5e-1, "normalizer": "sparsemax",
              "top-k": 2, "loss": {"class-weights": [1, 0.5], "ignore": "none"},
              "drift": {"reference": [3, 1]}, "compare": {"share": 0.5}
            }
            """;

    private static final List<String> SEEDS =
            List.of(
                    FULL,
                    "{\"name\":\"m\",\"version\":1,\"retired\":true}",
                    "{\"name\":\"m\",\"version\":1,\"classes\":2,\"normalizer\":\"hierarchical\","
                            + "\"tree\":{\"parents\":[\"2 0\",\"2 1\",\"-1 0\"]}}",
                    "{\"name\":\"m\",\"version\":1,\"classes\":3,\"normalizer\":\"hierarchical\","
                            + "\"tree\":{\"counts\":[3,1,2]}}",
                    "{\"name\":\"m\",\"version\":1,\"classes\":5,\"normalizer\":\"adaptive\","
                            + "\"cutoffs\":\"2,4\",\"calibration\":{\"mode\":\"off\"}}");

    @TempDir Path directory;

    private ModelRecords records(String... more) throws Exception {
        JobFixture job = new JobFixture(directory).set("control.topic=models");
        for (String override : more) {
            job.set(override);
        }
        return ModelRecords.of(job.read());
    }

    private ModelRecords withLosses() throws Exception {
        return records("losses.topic=losses", "losses.per-class=3");
    }

    private static ModelRecords.Reading read(ModelRecords records, String json) {
        return records.read("m".getBytes(UTF_8), json.getBytes(UTF_8));
    }

    private static String refusal(ModelRecords records, byte @Nullable [] key, byte[] value) {
        ModelRecords.Reading reading = records.read(key, value);
        assertThat(reading.change()).isNull();
        assertThat(reading.fault().reason()).isEqualTo(FaultReason.INVALID_MODEL);
        return reading.fault().detail();
    }

    private static String refusal(ModelRecords records, String json) {
        return refusal(records, "m".getBytes(UTF_8), json.getBytes(UTF_8));
    }

    @Test
    void readsEveryKeyOfAModel() throws Exception {
        ModelSpec expected =
                new ModelSpec(
                                "m",
                                2,
                                List.of("a/b", "\u00e9"),
                                ScoresAre.LOG_PROBABILITIES,
                                0.25,
                                Normalizer.SPARSEMAX,
                                2,
                                new ModelLoss(RowLoss.CROSS_ENTROPY, new double[] {1, 0.5}, "none"),
                                DriftReference.ofWeights(new double[] {3, 1}),
                                null,
                                null,
                                new CompareSpec(0.5, 1, 100))
                        .withVersion(9007199254740991L);

        assertThat(read(withLosses(), FULL))
                .isEqualTo(new ModelRecords.Reading(new ModelChange.Put(expected), null));
    }

    @Test
    void fillsInTheDefaultsOfTheJobFile() throws Exception {
        assertThat(read(records(), "\ufeff{\"name\":\"m\",\"version\":1,\"classes\":2}").change())
                .isEqualTo(
                        new ModelChange.Put(
                                new ModelSpec(
                                                "m",
                                                2,
                                                List.of(),
                                                ScoresAre.LOGITS,
                                                1,
                                                Normalizer.SOFTMAX,
                                                5)
                                        .withVersion(1)));
    }

    /** What a set of labels has no use for, as a list, which only a record can have. */
    @Test
    void refusesClassWeightsOfASigmoid() throws Exception {
        assertThat(
                        refusal(
                                records(),
                                "{\"name\":\"m\",\"version\":1,\"classes\":2,\"normalizer\":\"sigmoid\",\"loss\":{\"class-weights\":[1,1]}}"))
                .contains("class-weights", "does not go with normalizer sigmoid");
    }

    @Test
    void takesMinusZeroForZero() throws Exception {
        for (String key : List.of("focal-gamma", "label-smoothing")) {
            assertThat(
                            read(
                                            records(),
                                            "{\"name\":\"m\",\"version\":1,\"classes\":2,\"normalizer\":\"sigmoid\",\"loss\":{\"%s\":-0.0}}"
                                                    .formatted(key))
                                    .change())
                    .isInstanceOfSatisfying(
                            ModelChange.Put.class,
                            put ->
                                    assertThat(put.spec().loss())
                                            .isEqualTo(ModelLoss.CROSS_ENTROPY));
        }
    }

    @Test
    void readsARetirement() throws Exception {
        assertThat(read(records(), "{\"name\":\"m\",\"version\":4,\"retired\":true}").change())
                .isEqualTo(new ModelChange.Retire("m", 4));
    }

    @Test
    void readsTheSameAfterATripThroughJavasSerialisation() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(withLosses());
            out.writeObject(read(withLosses(), FULL).change());
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            ModelRecords records = (ModelRecords) in.readObject();
            assertThat(read(records, FULL).change()).isEqualTo(in.readObject());
        }
    }

    @Test
    void namesEveryFaultWithItsPlace() throws Exception {
        assertThat(
                        refusal(
                                records(),
                                "{\"name\":\"m\",\"classes\":2,\n \"top-k\":0,\"labels\":[\"a\",\"a\"],\"ages\":1}"))
                .isEqualTo(
                        "1:1: version: is required (allowed: a whole number from 1 to 9007199254740991);"
                                + " 2:10: top-k: \"0\" is too small (allowed: a whole number from 1 to 128);"
                                + " 2:26: labels[1]: is the same name as labels[0] (allowed: as many lines as classes, none empty, no two alike);"
                                + " 2:31: ages: is not a key here (allowed: name, version, classes, labels, scores-are, temperature, normalizer, top-k, tree, cutoffs, compare, loss, drift)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | 1:1: record: is not a JSON object",
                "[] | 1:1: record: is not a JSON object",
                "name: m | JSON: is not valid",
                "{\"name\":\"m\" | JSON: is not valid",
                "{} {} | 1:4: record: goes on after its object",
                "{\"name\":\"m\",\"name\":\"m\",\"version\":1,\"classes\":2} | 1:13: name: is given twice",
                "{\"name\":\"n\",\"version\":1,\"classes\":2} | 1:9: name: \"n\" is not the key of the record",
                "{\"name\":\"m\",\"version\":0,\"classes\":2} | version: \"0\" is too small",
                "{\"name\":\"m\",\"version\":9007199254740992,\"classes\":2} | is too large",
                "{\"name\":\"m\",\"version\":1.0,\"classes\":2} | is not a whole number",
                "{\"name\":\"m\",\"version\":null,\"classes\":2} | version: has no value",
                "{\"name\":\"m\",\"version\":1,\"classes\":2,\"labels\":\"f\"} | 1:46: labels: is a single value, not a list (allowed: a list of single values)",
                "{\"name\":\"m\",\"version\":1,\"classes\":2,\"labels\":[\"a\",\"\\ud800\"]} | labels[1]: has half a surrogate pair",
                "{\"name\":\"m\",\"version\":1,\"classes\":2,\"temperature\":\"${T}\"} | temperature: \"${T}\" is not a finite number",
                "{\"name\":\"m\",\"version\":1,\"classes\":2,\"temperature\":NaN} | JSON: is not valid",
                "{\"name\":\"m\",\"version\":1,\"retired\":false} | retired: \"false\" is not one of the values",
                "{\"name\":\"m\",\"version\":1,\"retired\":true,\"classes\":2} | classes: is not a key here",
                "{\"name\":\"m\",\"version\":1,\"classes\":2,\"compare\":{\"share\":1}} | compare: needs a section losses",
            })
    void refusesWhatCannotBe(String json, String why) throws Exception {
        assertThat(refusal(records(), json)).contains(why);
    }

    @Test
    void checksWhatTheJobHas() throws Exception {
        String model = "{\"name\":\"m\",\"version\":1,\"classes\":4,";
        assertThat(refusal(withLosses(), model + "\"drift\":{\"first-windows\":1}}"))
                .contains("losses.per-class is 3");
        assertThat(
                        refusal(
                                records("losses.topic=l", "labels.topic=y", "labels.wait=1s"),
                                model + "\"normalizer\":\"sigmoid\"}"))
                .contains("normalizer: \"sigmoid\" does not go with labels");
    }

    @Test
    void refusesATombstoneAndAMissingOrForeignKey() throws Exception {
        ModelRecords records = records();
        assertThat(records.read("m".getBytes(UTF_8), null).fault())
                .isEqualTo(
                        new Fault(
                                FaultReason.INVALID_MODEL,
                                "the value is absent, which has no version; use models retire"));
        byte[] value = SEEDS.get(1).getBytes(UTF_8);
        assertThat(refusal(records, null, value)).contains("is not the key");
        assertThat(refusal(records, new byte[] {(byte) 0xff}, value)).contains("is not the key");
    }

    @Test
    void boundsWhatItReads() throws Exception {
        ModelRecords records = records();
        assertThat(refusal(records, "{\"a\":\"" + "x".repeat(JsonTree.MAX_BYTES) + "\"}"))
                .startsWith("1:1: record: is too large");
        assertThat(refusal(records, "{\"a\":\"" + "x".repeat(1 << 17) + "\"}"))
                .contains("record: is too large or too deep");
        assertThat(refusal(records, "{\"a\":" + "[".repeat(1_000))).contains("too deep");
        assertThat(refusal(records, "{\"a\":[" + "1,".repeat(600_000) + "1]}"))
                .contains("too large or too deep");
        assertThat(refusal(records, "{\"a\":" + "1".repeat(2_000) + "}")).contains("too large");
        String manyFaults = "\"k\":1,".repeat(10_000);
        assertThat(refusal(records, "{" + manyFaults + "\"z\":1}")).hasSizeLessThan(2_100);
        Faults faults = new Faults("f");
        for (int i = 0; i < 5_000; i++) {
            faults.add(new Place("f", i, 1), "what", "why", "");
        }
        assertThat(faults.inOrder()).as("no more than anybody reads").hasSize(1_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void saysWhatIsWrongWithAnyBytes(long seed) throws Exception {
        ModelRecords records = withLosses();
        Random random = new Random(seed);
        int accepted = 0;
        for (int i = 0; i < 1_500; i++) {
            byte[] value = mutated(SEEDS.get(random.nextInt(SEEDS.size())), random);
            ModelRecords.Reading reading = records.read("m".getBytes(UTF_8), value);
            assertThat((reading.change() == null) != (reading.fault() == null))
                    .as(new String(value, UTF_8))
                    .isTrue();
            accepted += reading.change() == null ? 0 : 1;
        }
        assertThat(accepted).isBetween(1, 1_400);
    }

    /** Changes bytes, tokens or numbers, or makes bytes of no sense at all. */
    private static byte[] mutated(String seed, Random random) {
        if (random.nextInt(10) == 0) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            return noise;
        }
        String[] tokens = seed.split("(?<=[,:\\[\\]{}])|(?=[,:\\[\\]{}])");
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(tokens.length);
            tokens[at] =
                    switch (random.nextInt(6)) {
                        case 0 -> tokens[random.nextInt(tokens.length)];
                        case 1 -> "";
                        case 2 -> Long.toString(random.nextLong());
                        case 3 -> Integer.toString(random.nextInt(8) - 2);
                        case 4 -> "\"" + (random.nextInt(8) - 2) + " " + random.nextInt(3) + "\"";
                        default -> tokens[at] + tokens[random.nextInt(tokens.length)];
                    };
        }
        byte[] value = String.join("", tokens).getBytes(UTF_8);
        if (value.length > 0 && random.nextInt(4) == 0) {
            value[random.nextInt(value.length)] = (byte) random.nextInt(256);
        }
        return value;
    }
}
