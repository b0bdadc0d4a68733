package io.logitstream.codec;

import com.fasterxml.jackson.core.ErrorReportConfiguration;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;

/**
 * How this package sets up Jackson. Each codec has a factory of its own, whose buffers die with it:
 * Jackson's usual pool hangs on the thread and would outlive the job's class loader.
 */
final class JsonFactories {

    /** Deepest nesting of a value, also in fields that are skipped. */
    static final int MAX_DEPTH = 32;

    /** Most digits of a number, also in fields that are skipped. */
    static final int MAX_NUMBER_DIGITS = 1_000;

    /** Where Jackson stops to buffer a text; above what any field may have. */
    private static final int MAX_TEXT_CHARS = 4_096;

    private static final int MAX_NAME_CHARS = 4_096;
    private static final int MAX_ERROR_TOKEN_CHARS = 40;

    private JsonFactories() {}

    /** Returns a factory for parsers that no input can make buffer more than a few kilobytes. */
    static JsonFactory forReading() {
        return builder()
                .streamReadConstraints(
                        StreamReadConstraints.builder()
                                .maxNestingDepth(MAX_DEPTH)
                                .maxNumberLength(MAX_NUMBER_DIGITS)
                                .maxStringLength(MAX_TEXT_CHARS)
                                .maxNameLength(MAX_NAME_CHARS)
                                .build())
                .errorReportConfiguration(
                        ErrorReportConfiguration.builder()
                                .maxErrorTokenLength(MAX_ERROR_TOKEN_CHARS)
                                .build())
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .build();
    }

    /**
     * Returns a factory for generators whose numbers do not depend on the JDK, and which write all
     * of Unicode as it is, a surrogate pair as the four bytes of its code point.
     */
    static JsonFactory forWriting() {
        return builder()
                .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                .build();
    }

    private static JsonFactoryBuilder builder() {
        return new JsonFactoryBuilder()
                .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                // Whether names of earlier records fill the table must not decide over this one.
                .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW);
    }
}
