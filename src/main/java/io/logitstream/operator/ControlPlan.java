package io.logitstream.operator;

import io.logitstream.config.ControlledModels;
import io.logitstream.config.JobFile;
import io.logitstream.config.ModelRecords;
import io.logitstream.record.ControlRecord;
import io.logitstream.record.ModelSpec;
import java.io.Serializable;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the models of a job change while it runs.
 *
 * @param records reads the records that change them
 * @param ofJobFile the models of the job file
 * @param atStart what was said when the job was submitted: the latest of each slot, in their order
 * @param feed where the subtasks hear what is said from then on
 * @param kinds of what kinds the records are that change them; those of another kind in a savepoint
 *     are forgotten
 * @param waitMillis how long a record of an unknown model waits for it, in wall-clock time; 0 if it
 *     does not
 * @param maxWaiting how many records wait in a subtask
 */
public record ControlPlan(
        ModelRecords records,
        List<ModelSpec> ofJobFile,
        List<ControlRecord> atStart,
        ControlFeed feed,
        Set<ControlRecord.Kind> kinds,
        long waitMillis,
        int maxWaiting)
        implements Serializable {

    public ControlPlan {
        ofJobFile = List.copyOf(ofJobFile);
        atStart = List.copyOf(atStart);
        kinds = Set.copyOf(kinds);
    }

    /** Returns the models when the job was submitted. */
    ControlledModels models() {
        ControlledModels models = new ControlledModels(records, ofJobFile);
        atStart.forEach(models::offer);
        return models;
    }

    /** Returns whether anything changes the models of a job. */
    public static boolean isNeeded(JobFile job) {
        return !kindsOf(job).isEmpty();
    }

    private static Set<ControlRecord.Kind> kindsOf(JobFile job) {
        Set<ControlRecord.Kind> kinds = EnumSet.noneOf(ControlRecord.Kind.class);
        if (job.control() != null) {
            kinds.add(ControlRecord.Kind.MODEL);
        }
        if (job.calibration() != null && job.calibration().isLive()) {
            kinds.add(ControlRecord.Kind.TEMPERATURE);
        }
        return kinds;
    }

    /** Returns the plan of a job, null if nothing changes its models. */
    public static @Nullable ControlPlan of(
            JobFile job, List<ControlRecord> atStart, ControlFeed feed) {
        if (!isNeeded(job)) {
            return null;
        }
        JobFile.Control control = job.control();
        boolean waits = control != null && control.unknownModels() == JobFile.UnknownModels.WAIT;
        return new ControlPlan(
                ModelRecords.of(job),
                job.models(),
                atStart,
                feed,
                kindsOf(job),
                waits ? control.waitMillis() : 0,
                waits ? control.maxWaiting() : 0);
    }
}
