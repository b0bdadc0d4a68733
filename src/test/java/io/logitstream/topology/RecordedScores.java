package io.logitstream.topology;

import io.logitstream.codec.DecoderLimits;
import io.logitstream.codec.ScoreDecoder;
import io.logitstream.codec.ScoreFormats;
import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.datagen.source.GeneratorFunction;

/**
 * Gives recorded rows by their position, decoded as the job's source does, with a reused buffer.
 * The time of a row is part of it, wherever it stands.
 */
final class RecordedScores implements GeneratorFunction<Long, ScoreInput> {

    private static final long serialVersionUID = 1L;

    /** The time of the first line; the others are {@link #STEP_MILLIS} apart. */
    static final long START = 1_732_000_004_000L;

    static final long STEP_MILLIS = 7;

    /** One line in so many is replaced by one that cannot be decoded. */
    private static final int POISON_EVERY = 999;

    private final ArrayList<Line> lines;
    private final DecoderLimits limits;
    private transient ScoreDecoder decoder;

    private record Line(int number, byte[] json) implements Serializable {}

    private RecordedScores(ArrayList<Line> lines, DecoderLimits limits) {
        this.lines = lines;
        this.limits = limits;
    }

    /** Reads a recorded file, with some lines broken. */
    static RecordedScores read(Path file, DecoderLimits limits) throws IOException {
        ArrayList<Line> lines = new ArrayList<>();
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)),
                                StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                int number = lines.size();
                String json = number % POISON_EVERY == 0 ? "{\"scores\":[" + number : line;
                lines.add(new Line(number, json.getBytes(StandardCharsets.UTF_8)));
            }
        }
        return new RecordedScores(lines, limits);
    }

    /** Returns the same rows in another order. */
    RecordedScores shuffled(long seed) {
        ArrayList<Line> other = new ArrayList<>(lines);
        Collections.shuffle(other, new Random(seed));
        return new RecordedScores(other, limits);
    }

    int size() {
        return lines.size();
    }

    /** Returns the rows as they are read, in their order. */
    List<RawRecord> raws() {
        return lines.stream().map(RecordedScores::raw).toList();
    }

    @Override
    public void open(SourceReaderContext context) {
        decoder = ScoreFormats.decoder("json", limits);
    }

    @Override
    public ScoreInput map(Long index) {
        return decoder.decode(raw(lines.get(index.intValue())));
    }

    private static RawRecord raw(Line line) {
        return new RawRecord(
                "scores",
                0,
                line.number,
                START + line.number * STEP_MILLIS,
                null,
                line.json,
                Header.NONE);
    }
}
