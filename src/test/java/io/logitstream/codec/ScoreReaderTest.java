package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.FaultReason;
import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreReaderTest {

    private static final DecoderLimits LIMITS = new DecoderLimits("m", 3);

    /** Gives one byte at a time, as a slow pipe may. */
    private static InputStream trickle(byte[] bytes) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(1, length));
            }
        };
    }

    /** The same byte over and over. */
    private static InputStream repeat(char c, long count) {
        return new InputStream() {
            private long left = count;

            @Override
            public int read() {
                return left-- > 0 ? c : -1;
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                if (left <= 0) {
                    return -1;
                }
                int n = (int) Math.min(length, left);
                java.util.Arrays.fill(into, offset, offset + n, (byte) c);
                left -= n;
                return n;
            }
        };
    }

    private static List<RawRecord> readAll(ScoreReader reader) {
        List<RawRecord> records = new ArrayList<>();
        try {
            for (RawRecord raw = reader.next(); raw != null; raw = reader.next()) {
                records.add(raw);
            }
            assertThat(reader.next()).isNull();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return records;
    }

    private static List<String> lines(String text) {
        List<String> whole = values(readAll(new JsonLineReader(stream(text))));
        assertThat(values(readAll(new JsonLineReader(trickle(Draft.utf8(text)))))).isEqualTo(whole);
        return whole;
    }

    private static List<String> values(List<RawRecord> records) {
        return records.stream()
                .map(raw -> new String(raw.value(), StandardCharsets.UTF_8))
                .toList();
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(Draft.utf8(text));
    }

    @Test
    void numbersRecordsFromZeroWithNothingFromKafka() {
        RawRecord expected =
                new RawRecord(
                        "stdin", 0, 1, RawRecord.NO_TIMESTAMP, null, Draft.utf8("{}"), Header.NONE);
        List<RawRecord> records = readAll(ScoreFormats.reader("json", stream("1\n\n{}"), LIMITS));
        assertThat(records).hasSize(2).last().isEqualTo(expected);
    }

    @Test
    void takesLinesWithAndWithoutCarriageReturnOrEnd() {
        assertThat(lines("")).isEmpty();
        assertThat(lines("\n\r\n \t\r\n  ")).isEmpty();
        assertThat(lines("a")).containsExactly("a");
        assertThat(lines("a\r\nb\nc\r")).containsExactly("a", "b", "c");
        assertThat(lines("\n a \n\n\r\nb\rc\r\r\n")).containsExactly(" a ", "b\rc\r");
    }

    @Test
    void takesLinesOfAnyLengthAroundItsBuffers() {
        for (int length : new int[] {65_535, 65_536, 65_537, 131_072, 200_001}) {
            String line = "x".repeat(length);
            assertThat(values(readAll(new JsonLineReader(stream("a\n" + line + "\r\nb")))))
                    .containsExactly("a", line, "b");
        }
    }

    @Test
    void takesALineOfTheLargestSizeAndCutsALongerOne() {
        String largest = "x".repeat(5_000);
        JsonLineReader reader =
                new JsonLineReader(stream(largest + "\n" + largest + "y\nnext\n"), 5_000);
        assertThat(values(readAll(reader)))
                .containsExactly(largest, "x".repeat(JsonLineReader.MAX_EXCERPT_BYTES), "next");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"scores\":[1]}",
                "{\"scores\":[1]}}",
                "{\"scores\":[1]} } \t}",
                " ",
                "}",
                "{\"x\":{},\"scores\":[1]}{\"scores\":[1]}",
                "{\"scores\":[1],\"x\":{\"y\":{}}}"
            })
    void whatIsLeftOfALineThatIsTooLongAlwaysFaults(String start) throws IOException {
        String text = start + " ".repeat(200) + "\n{\"scores\":[2]}";
        ScoreReader reader = new JsonLineReader(stream(text), 100);
        ScoreDecoder decoder = new JsonScoreDecoder(LIMITS);
        ScoreInput tooLong = decoder.decode(reader.next());
        assertThat(tooLong.fault().reason()).isEqualTo(FaultReason.MALFORMED);
        assertThat(decoder.decode(reader.next()).score().scores()).containsExactly(2);
        assertThat(reader.next()).isNull();
    }

    @Test
    void aLineOfHundredsOfMegabytesDoesNotEatMemory() {
        List<RawRecord> records = new ArrayList<>();
        InputStream in = new SequenceInputStream(repeat('x', 300L << 20), stream("\n{}\n"));
        ScoreReader reader = ScoreFormats.reader("json", in, LIMITS);
        // Growing to the largest line by doubling costs up to twice that line.
        long limit = 2L * JsonLineReader.MAX_LINE_BYTES + (1 << 20);
        assertThat(Allocation.bytesOf(() -> records.addAll(readAll(reader)))).isLessThan(limit);
        assertThat(values(records)).containsExactly("x".repeat(1_024), "{}");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "12, 1", "24, 2", "25, 3", "16, 2"})
    void cutsRowsOfFloats(int bytes, int rows) {
        byte[] value = new byte[bytes];
        for (InputStream in : List.of(new ByteArrayInputStream(value), trickle(value))) {
            List<RawRecord> records = readAll(ScoreFormats.reader("float32", in, LIMITS));
            assertThat(records).hasSize(rows);
            assertThat(records.stream().mapToInt(raw -> raw.value().length).sum()).isEqualTo(bytes);
            assertThat(records.stream().limit(bytes / 12))
                    .allSatisfy(raw -> assertThat(raw.value()).hasSize(12));
        }
    }

    @Test
    void aRowCutShortFaultsAndTheRowsBeforeDoNot() {
        InputStream in = new ByteArrayInputStream(new byte[2 * 12 + 5]);
        List<RawRecord> records = readAll(ScoreFormats.reader("float32", in, LIMITS));
        ScoreDecoder decoder = ScoreFormats.decoder("float32", LIMITS);
        assertThat(decoder.decode(records.get(1)).score().id()).isEqualTo("stdin-0-1");
        assertThat(decoder.decode(records.get(2)).fault().reason())
                .isEqualTo(FaultReason.MALFORMED);
    }
}
