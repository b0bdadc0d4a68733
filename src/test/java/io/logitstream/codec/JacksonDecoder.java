package io.logitstream.codec;

/** What the reading of scores from their bytes is compared with. */
public final class JacksonDecoder {

    private JacksonDecoder() {}

    /** Returns a decoder that has Jackson read all of every record, as the shipped one once did. */
    public static ScoreDecoder of(DecoderLimits limits) {
        return JsonScoreDecoder.ofJacksonAlone(limits);
    }
}
