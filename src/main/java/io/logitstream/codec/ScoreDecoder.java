package io.logitstream.codec;

import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of a score record into scores, or into the fault that says why that is not
 * possible.
 *
 * <p>A decoder checks everything that can be said without the model: form, bounds, types. Whether
 * the number of scores, the label and the scores themselves suit the model is for the classifier.
 *
 * <p>Not thread-safe. The scores of a result may be the decoder's own buffer: they are valid until
 * it decodes the next record or row.
 */
public interface ScoreDecoder {

    /**
     * Decodes a record, or the first row of one that holds several.
     *
     * @param raw any record, however broken
     * @return a score record or a fault, never both and never neither; never throws
     */
    ScoreInput decode(RawRecord raw);

    /** Returns the next row of the record that was decoded last, or null if there is none. */
    @Nullable ScoreInput next();
}
