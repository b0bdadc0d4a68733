package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.config.JobFile.Calibration;
import io.logitstream.record.AppliedTemperature;
import io.logitstream.record.ModelCard;
import io.logitstream.record.TemperatureFit.Fitted;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TemperatureStepsTest {

    private static final ModelCard MODEL = ModelCard.forgotten("m");
    private static final TemperatureSteps LIVE =
            new TemperatureSteps(new Calibration(true, "calibrations", 1, 100, 2, 0.2, 8), 0);

    private static AppliedTemperature after(
            @Nullable AppliedTemperature last, long start, double temperature, long samples) {
        return LIVE.after(last, MODEL, start, new Fitted(temperature, 1, 0.1, true), samples);
    }

    @Test
    void goesToTheFittedTemperatureByStepsWithinBounds() {
        AppliedTemperature first = after(null, 0, 0.3, 100);
        assertThat(first).isEqualTo(new AppliedTemperature(0, 1, 1, 0.5, 1, 0));
        AppliedTemperature second = after(first, 10, 0.3, 100);
        assertThat(second).isEqualTo(new AppliedTemperature(0, 1, 2, 0.3, 0.5, 10));
        AppliedTemperature third = after(second, 20, 0.01, 100);
        assertThat(third.temperature()).as("the lowest").isEqualTo(0.2);
        AppliedTemperature same = after(third, 30, 0.01, 100);
        assertThat(same.version()).as("nothing was set").isEqualTo(third.version());
        assertThat(after(new AppliedTemperature(0, 1, 3, 7, 7, 0), 10, 20, 100).temperature())
                .as("the highest")
                .isEqualTo(8);
    }

    @Test
    void leavesItWhereAWindowHasTooFewRows() {
        AppliedTemperature none = after(null, 0, 0.3, 99);
        assertThat(none.version()).isZero();
        assertThat(none.temperature()).isEqualTo(1);
        AppliedTemperature set = after(none, 10, 0.7, 100);
        assertThat(after(set, 20, 3, 99).temperature()).isEqualTo(0.7);
    }

    @Test
    void startsAgainFromBeforeAWindowThatIsPublishedAgain() {
        AppliedTemperature first = after(null, 0, 0.3, 100);
        AppliedTemperature revised = after(first, 0, 0.7, 101);
        assertThat(revised.temperature()).isEqualTo(0.7);
        assertThat(revised.version()).isEqualTo(2);
        assertThat(after(revised, 0, 0.3, 102).temperature())
                .as("half of 1, not of 0.7")
                .isEqualTo(first.temperature());
        assertThat(after(after(revised, 10, 0.7, 100), 0, 0.3, 103))
                .as("a window before the latest changes nothing")
                .isNull();
    }

    @Test
    void startsFromTheTemperatureOfANewSpecification() {
        AppliedTemperature old = after(null, 0, 0.6, 100);
        ModelCard changed =
                new ModelCard(
                        "m",
                        7,
                        MODEL.normalizer(),
                        true,
                        MODEL.vanishedBelow(),
                        4,
                        MODEL.classNames(),
                        MODEL.drift());
        AppliedTemperature next = LIVE.after(old, changed, 0, new Fitted(0.6, 1, 0.1, true), 100);
        assertThat(next).isEqualTo(new AppliedTemperature(7, 4, 3, 2, 4, 0));
        assertThat(after(next, -10, 0.6, 100)).as("a window of the old one").isNull();
    }

    /** Of two partitions one is ahead, and only its rows are in this window. */
    @Test
    void aLaterWindowOfAnEarlierVersionChangesNothing() {
        AppliedTemperature next = new AppliedTemperature(7, 4, 3, 2, 4, 0);
        TemperatureSteps versioned = new TemperatureSteps(LIVE.settings(), 1_000);
        Fitted best = new Fitted(0.6, 1, 0.1, true);
        assertThat(versioned.after(next, MODEL, 999, best, 100)).isNull();
        assertThat(versioned.after(next, MODEL, 1_000, best, 100).modelVersion())
                .as("the next version is no more")
                .isZero();
        assertThat(LIVE.after(next, MODEL, 10, best, 100).modelVersion())
                .as("a job that has no versions any more")
                .isZero();
    }

    @Test
    void startsAgainWhereTheJobFileHasAnotherTemperature() {
        AppliedTemperature set = new AppliedTemperature(0, 3, 5, 2.5, 3, 0);
        assertThat(after(set, 10, 0.9, 100))
                .as("from 1, which is the file's now, and not from 2.5")
                .isEqualTo(new AppliedTemperature(0, 1, 7, 0.9, 1, 10));
    }

    @Test
    void setsNothingInShadow() {
        TemperatureSteps shadow =
                new TemperatureSteps(
                        new Calibration(false, "calibrations", 1, 1, 2, 0.2, 8), 1_000);
        AppliedTemperature after =
                shadow.after(null, MODEL, 5, new Fitted(0.6, 1, 0.1, true), 1_000);
        assertThat(after).isEqualTo(new AppliedTemperature(0, 1, 0, 1, 1, 5));
    }
}
