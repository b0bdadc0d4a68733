package io.logitstream.config;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What the checks of a model need to know of its job.
 *
 * @param hasLosses whether losses are written
 * @param hasLabels whether labels come on a topic of their own
 * @param hasGradients whether gradients are written
 * @param perClass up to how many classes are counted one by one; null without losses, or where that
 *     is at fault
 */
record ModelContext(
        boolean hasLosses, boolean hasLabels, boolean hasGradients, @Nullable Integer perClass)
        implements Serializable {

    /** Returns what a job file says, whatever else is wrong with it. */
    static ModelContext of(CheckedSection root) {
        CheckedSection losses = root.section("losses");
        String perClass = losses == null ? null : losses.text("per-class");
        return new ModelContext(
                losses != null,
                root.section("labels") != null,
                root.section("gradients") != null,
                perClass == null ? null : Integer.valueOf(perClass));
    }

    static ModelContext of(JobFile job) {
        return new ModelContext(
                job.losses() != null,
                job.labels() != null,
                job.gradients() != null,
                job.losses() == null ? null : job.losses().perClass());
    }
}
