package io.logitstream.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.logitstream.config.ConfigNode.Field;
import io.logitstream.config.ConfigNode.Items;
import io.logitstream.config.ConfigNode.Scalar;
import io.logitstream.config.ConfigNode.Section;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object (RFC 8259) into {@link ConfigNode}s. Every scalar stays the text it is
 * written as. Size, depth and the number of values are bounded.
 */
final class JsonTree {

    static final int MAX_BYTES = 4 << 20;
    private static final int MAX_VALUES = 500_000;
    private static final int MAX_DEPTH = 20;
    private static final int MAX_NUMBER_CHARS = 1_000;
    private static final int MAX_TEXT_CHARS = 1 << 16;
    private static final String ALLOWED =
            "at most %d bytes, %d values, %d levels, %d characters of a text, %d of a number"
                    .formatted(MAX_BYTES, MAX_VALUES, MAX_DEPTH, MAX_TEXT_CHARS, MAX_NUMBER_CHARS);

    private static final JsonFactory FACTORY =
            new JsonFactoryBuilder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxNumberLength(MAX_NUMBER_CHARS)
                                    .maxStringLength(MAX_TEXT_CHARS)
                                    .maxNameLength(MAX_TEXT_CHARS)
                                    .build())
                    // Jackson's usual pool hangs on the thread and would outlive the class loader.
                    .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    // Whether names of earlier records fill the table must not decide over this
                    // one.
                    .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
                    .build();

    private final JsonParser parser;
    private final String file;
    private final Faults faults;
    private int numValues;

    private JsonTree(JsonParser parser, String file, Faults faults) {
        this.parser = parser;
        this.file = file;
        this.faults = faults;
    }

    /**
     * Reads an object, whatever the bytes are.
     *
     * @param file what to call them in faults
     * @return the object, or null after reporting why there is none
     */
    static @Nullable Section parse(String file, byte[] json, Faults faults) {
        Place start = new Place(file, 1, 1);
        if (json.length > MAX_BYTES) {
            faults.add(start, "record", "is too large", ALLOWED);
            return null;
        }
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
            try (JsonParser parser =
                    FACTORY.createParser(text.startsWith("\ufeff") ? text.substring(1) : text)) {
                return new JsonTree(parser, file, faults).parse(start);
            }
        } catch (CharacterCodingException e) {
            faults.add(start, "record", FileText.explain(e), "");
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    private @Nullable Section parse(Place start) throws IOException {
        try {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                faults.add(start, "record", "is not a JSON object", "");
                return null;
            }
            Section section = section("record", 0);
            if (parser.nextToken() != null) {
                faults.add(here(), "record", "goes on after its object", "one JSON object");
                return null;
            }
            return section;
        } catch (StreamConstraintsException e) {
            faults.add(here(), "record", "is too large or too deep", ALLOWED);
        } catch (JsonProcessingException e) {
            JsonLocation location = e.getLocation();
            Place place = location == null ? start : at(location);
            faults.add(place, "JSON", "is not valid: " + problem(e.getOriginalMessage()), "");
        }
        return null;
    }

    /** Cuts the remark on where something started, which names the parser's source. */
    private static String problem(String message) {
        int remark = message.indexOf(" (start marker");
        return Shown.plain(remark < 0 ? message : message.substring(0, remark));
    }

    private ConfigNode value(String what, int depth) throws IOException {
        if (++numValues > MAX_VALUES) {
            throw new StreamConstraintsException("too many values");
        }
        Place place = here();
        return switch (parser.currentToken()) {
            case START_OBJECT -> section(what, depth);
            case START_ARRAY -> items(place, what, depth);
            case VALUE_NULL -> Scalar.of(place, null);
            default -> Scalar.of(place, parser.getText());
        };
    }

    private Section section(String what, int depth) throws IOException {
        Section section = Section.empty(here());
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            Place at = here();
            String name = parser.currentName();
            String path = Shown.path(depth == 0 ? name : what + "." + name);
            parser.nextToken();
            Field first = section.fields().putIfAbsent(name, new Field(at, value(path, depth + 1)));
            if (first != null) {
                String why = "is given twice, first on line " + first.place().line();
                faults.add(at, Shown.plain(path), why, "");
            }
        }
        return section;
    }

    private Items items(Place place, String what, int depth) throws IOException {
        List<ConfigNode> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(Shown.path(what + "[" + items.size() + "]"), depth + 1));
        }
        return new Items(place, items);
    }

    private Place here() {
        return at(parser.currentTokenLocation());
    }

    private Place at(JsonLocation location) {
        return new Place(file, location.getLineNr(), location.getColumnNr());
    }
}
