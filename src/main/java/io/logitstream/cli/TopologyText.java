package io.logitstream.cli;

import io.logitstream.config.JobFile;

/** The resolved topology of a job as a drawing, with the topics and times of its job file. */
final class TopologyText {

    private TopologyText() {}

    static String of(JobFile job) {
        StringBuilder text = new StringBuilder();
        text.append(
                "# topology, %s\n%s (%s) --> classify --> %s (%s)\n"
                        .formatted(
                                job.delivery() == JobFile.Delivery.EXACTLY_ONCE
                                        ? "exactly once"
                                        : "at least once",
                                job.scores().topic(),
                                job.scores().format(),
                                job.predictions().topic(),
                                job.predictions().emit() == JobFile.Emit.FULL ? "full" : "top-k"));
        JobFile.Shards shards = job.shards();
        if (shards != null) {
            text.append(
                    "  +-- shards of rows ==(model, id)==> merged, waiting for %s --> %s%s\n"
                            .formatted(
                                    seconds(shards.waitMillis()),
                                    job.predictions().topic(),
                                    job.losses() == null ? "" : ", loss terms"));
        }
        JobFile.Losses losses = job.losses();
        if (losses != null) {
            text.append(
                    "  +-- loss terms --> pre-aggregate ==(model, segment)==> window of %s, late by at most %s --> %s\n"
                            .formatted(
                                    seconds(losses.windowMillis()),
                                    seconds(losses.allowedLatenessMillis()),
                                    losses.topic()));
        }
        JobFile.Labels labels = job.labels();
        if (labels != null) {
            text.append(
                    "  +-- rows without label ==(model, id)==> join with %s for %s, keeping %s --> loss terms%s\n"
                            .formatted(
                                    labels.topic(),
                                    seconds(labels.waitMillis()),
                                    labels.keep(),
                                    job.labelLedger() == null
                                            ? ""
                                            : ", ledger --> " + job.labelLedger().topic()));
        }
        if (job.alerts() != null) {
            text.append(
                    "  +-- %d alert rules on windows --> %s\n"
                            .formatted(job.alerts().rules().size(), job.alerts().topic()));
        }
        JobFile.Control control = job.control();
        if (control != null) {
            text.append(
                    "  +-- models <== broadcast of %s; rows of others %s\n"
                            .formatted(
                                    control.topic(),
                                    control.unknownModels() == JobFile.UnknownModels.WAIT
                                            ? "wait for %s, at most %d in each subtask"
                                                    .formatted(
                                                            seconds(control.waitMillis()),
                                                            control.maxWaiting())
                                            : "are refused"));
        }
        JobFile.Gradients gradients = job.gradients();
        if (gradients != null) {
            text.append(
                    "  +-- gradients of whole labelled rows (%s) --> %s\n"
                            .formatted(gradients.classes(), gradients.topic()));
        }
        JobFile.Calibration calibration = job.calibration();
        if (calibration != null) {
            text.append(
                    "  +-- fitted temperatures %s %s\n"
                            .formatted(calibration.isLive() ? "<->" : "-->", calibration.topic()));
        }
        text.append("  +-- refused and too late --> %s".formatted(job.deadLetters().topic()));
        return text.toString();
    }

    private static String seconds(long millis) {
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }
}
