package io.logitstream.record;

import org.jspecify.annotations.Nullable;

/**
 * The loss state of one (model, segment), ready to be written.
 *
 * @param model the model's name
 * @param segment the segment, {@link #ALL_SEGMENTS}, or null for rows without one
 * @param window the window, or null if the state covers a whole input
 * @param revision 1 for the first time the window is published, higher whenever something late
 *     changed it
 * @param state what was measured; not modified by whoever reads the aggregate
 * @param drift how far the predictions are from the reference, or null if there is none
 */
public record LossAggregate(
        String model,
        @Nullable String segment,
        @Nullable Window window,
        long revision,
        LossState state,
        @Nullable Drift drift) {

    /** Creates an aggregate that is compared with nothing. */
    public LossAggregate(
            String model,
            @Nullable String segment,
            @Nullable Window window,
            long revision,
            LossState state) {
        this(model, segment, window, revision, state, null);
    }

    /**
     * Stands for the line over all segments of a model. No record may bring it as its own segment.
     */
    public static final String ALL_SEGMENTS = "*";

    /**
     * A tumbling window [start, end) in event time.
     *
     * @param startMillis epoch milliseconds, inclusive
     * @param endMillis epoch milliseconds, exclusive
     */
    public record Window(long startMillis, long endMillis) {

        /**
         * Returns the start of the window of {@code sizeMillis} that a time falls into; 0 if the
         * size is 0, which stands for no windows.
         */
        public static long startOf(long timestampMillis, long sizeMillis) {
            return sizeMillis == 0
                    ? 0
                    : timestampMillis - Math.floorMod(timestampMillis, sizeMillis);
        }
    }

    /** Returns the key of the upsert: {@code model|segment|window start}, absent parts empty. */
    public String key() {
        return key(
                model,
                segment == null ? "" : segment,
                window == null ? "" : "" + window.startMillis());
    }

    /** Returns the key of the aggregate a partial loss belongs to. */
    public static String keyOf(LossPartial partial) {
        return key(partial.model(), partial.segment(), "" + partial.windowStartMillis());
    }

    private static String key(String model, String segment, String windowStart) {
        return model + "|" + segment + "|" + windowStart;
    }
}
