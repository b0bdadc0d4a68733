package io.logitstream.codec;

import io.logitstream.record.RawRecord;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into score records, for the command line.
 *
 * <p>The records have topic {@value #TOPIC}, partition 0, the record's number counted from 0 as
 * offset, and neither timestamp, key nor headers. Not thread-safe; does not close its stream.
 */
public interface ScoreReader {

    /** The topic of what does not come from Kafka. */
    String TOPIC = "stdin";

    /**
     * Returns the next record, or null at the end of the stream.
     *
     * @throws IOException if the stream cannot be read; a bad record is no exception, it faults
     *     when it is decoded
     */
    @Nullable RawRecord next() throws IOException;
}
