package io.logitstream.benchmark.job;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What was measured of a variant and case: medians over the rounds.
 *
 * @param variant how it was done
 * @param of what was done
 * @param recordsPerSecond scores read and answered
 * @param cpuSecondsPerMillion CPU of the job's process for a million records
 * @param bytesAllocated by the job's process for each record
 * @param gcShare of the wall clock, in collections
 * @param latency at half that load
 * @param rounds how many were measured
 */
record JobMeasurement(
        Variant variant,
        JobCase of,
        double recordsPerSecond,
        double cpuSecondsPerMillion,
        double bytesAllocated,
        double gcShare,
        Latency latency,
        int rounds) {

    /**
     * One round.
     *
     * @param records how many were counted
     * @param seconds how long they took
     * @param used by the process in that time
     */
    record Round(long records, double seconds, Figures used) {

        double recordsPerSecond() {
            return records / seconds;
        }
    }

    static JobMeasurement of(Variant variant, JobCase of, List<Round> rounds, Latency latency) {
        return new JobMeasurement(
                variant,
                of,
                median(rounds, Round::recordsPerSecond),
                median(rounds, round -> round.used().cpuNanos() / 1e3 / round.records()),
                median(rounds, round -> (double) round.used().allocatedBytes() / round.records()),
                median(rounds, round -> round.used().gcMillis() / 1e3 / round.seconds()),
                latency,
                rounds.size());
    }

    static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
