package io.logitstream.benchmark.job;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/**
 * What a process has used since its start.
 *
 * @param cpuNanos CPU of all its threads
 * @param allocatedBytes by the threads that live
 * @param gcMillis wall clock of its collections
 */
record Figures(long cpuNanos, long allocatedBytes, long gcMillis) {

    /** Returns those of this process. */
    static Figures now() {
        OperatingSystemMXBean system =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            allocated += Math.max(bytes, 0);
        }
        long gc = 0;
        for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
            gc += bean.getCollectionTime();
        }
        return new Figures(system.getProcessCpuTime(), allocated, gc);
    }

    Figures minus(Figures before) {
        return new Figures(
                cpuNanos - before.cpuNanos,
                allocatedBytes - before.allocatedBytes,
                gcMillis - before.gcMillis);
    }

    String line() {
        return cpuNanos + " " + allocatedBytes + " " + gcMillis;
    }

    static Figures parse(String line) {
        String[] words = line.split(" ");
        return new Figures(
                Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
    }
}
