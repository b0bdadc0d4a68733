package io.logitstream.benchmark;

import io.logitstream.codec.DecoderLimits;
import io.logitstream.codec.JacksonDecoder;
import io.logitstream.codec.ScoreDecoder;
import io.logitstream.codec.ScoreFormats;
import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One case, which the parameter names; run by {@link DecodeBench}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecodeBenchmark {

    private static final Header[] NO_HEADERS = {};
    private static final long NOW = 1_732_000_000_000L;

    /** A {@link DecodeCase#id()}. */
    @Param("shortest/logitstream/1000")
    public String id;

    private RawRecord[] records;
    private Code code;
    private int next;

    private interface Code {

        float[] decode(RawRecord raw);
    }

    /** Makes the records, and checks what the code reads from each of them. */
    @Setup
    public void prepare() {
        DecodeCase of = DecodeCase.of(id);
        records =
                of.values().stream()
                        .map(value -> new RawRecord("t", 0, 0, NOW, null, value, NO_HEADERS))
                        .toArray(RawRecord[]::new);
        code = codeOf(of);
        if (of.input() != DecodeCase.Input.float32) {
            for (RawRecord raw : records) {
                if (!Arrays.equals(code.decode(raw), parseFloats(raw))) {
                    throw new IllegalStateException(of + " does not read what parseFloat does");
                }
            }
        }
    }

    private static Code codeOf(DecodeCase of) {
        DecoderLimits limits = new DecoderLimits("m", of.k());
        return switch (of.variant()) {
            case logitstream -> {
                boolean isBinary = of.input() == DecodeCase.Input.float32;
                ScoreDecoder ours = ScoreFormats.decoder(isBinary ? "float32" : "json", limits);
                yield raw -> ours.decode(raw).score().scores();
            }
            case jackson -> {
                ScoreDecoder jackson = JacksonDecoder.of(limits);
                yield raw -> jackson.decode(raw).score().scores();
            }
            case parseFloat -> DecodeBenchmark::parseFloats;
        };
    }

    private static float[] parseFloats(RawRecord raw) {
        String text = new String(raw.value(), StandardCharsets.UTF_8);
        String[] decimals = text.substring(text.indexOf('[') + 1, text.indexOf(']')).split(",");
        float[] scores = new float[decimals.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Float.parseFloat(decimals[i]);
        }
        return scores;
    }

    /** Decodes the next record. */
    @Benchmark
    public float[] run() {
        next = next + 1 == records.length ? 0 : next + 1;
        return code.decode(records[next]);
    }
}
