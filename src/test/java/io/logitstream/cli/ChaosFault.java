package io.logitstream.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What can go wrong, and each time has to be survived. */
enum ChaosFault {
    TASK_MANAGER_KILLED("`kill -9` a TaskManager"),
    TASK_MANAGER_FROZEN("freeze a TaskManager beyond the heartbeat timeout"),
    JOB_MANAGER_KILLED("`kill -9` the JobManager"),
    BROKER_KILLED("`kill -9` the broker"),
    BROKER_STOPPED("stop the broker for a while"),
    BROKER_FROZEN("freeze the broker for a while"),
    TRANSACTION_EXPIRED("let a transaction expire"),
    POISON("fill a partition with poison"),
    RESCALED("stop with a savepoint, restore at another parallelism");

    private final String text;

    ChaosFault(String text) {
        this.text = text;
    }

    /** Returns whether it can only be done to a job that runs. */
    boolean needsRunningJob() {
        return this == TRANSACTION_EXPIRED || this == RESCALED;
    }

    @Override
    public String toString() {
        return text;
    }

    /** Returns so many faults in random order: each kind, two changes of parallelism, and any. */
    static List<ChaosFault> draw(int count, Random random) {
        List<ChaosFault> faults = new ArrayList<>(List.of(values()));
        faults.add(RESCALED);
        while (faults.size() < count) {
            faults.add(values()[random.nextInt(values().length)]);
        }
        Collections.shuffle(faults, random);
        return faults.subList(0, count);
    }
}
