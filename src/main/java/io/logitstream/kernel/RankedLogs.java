package io.logitstream.kernel;

/**
 * The most probable k of the classes offered, best first. Of equal log-probabilities the one that
 * was offered first ranks first. Not thread-safe.
 */
public final class RankedLogs {

    private final int[] classes;
    private final double[] logs;
    private int size;

    RankedLogs(int k) {
        classes = new int[k];
        logs = new double[k];
        clear();
    }

    /** Forgets all; rank 0 becomes class 0, without probability. */
    void clear() {
        size = 0;
        classes[0] = 0;
        logs[0] = Double.NEGATIVE_INFINITY;
    }

    void offer(double log, int classIndex) {
        int rank = size;
        while (rank > 0 && log > logs[rank - 1]) {
            rank--;
        }
        if (rank == logs.length) {
            return;
        }
        int moved = Math.min(size, logs.length - 1) - rank;
        System.arraycopy(logs, rank, logs, rank + 1, moved);
        System.arraycopy(classes, rank, classes, rank + 1, moved);
        logs[rank] = log;
        classes[rank] = classIndex;
        size = Math.min(size + 1, logs.length);
    }

    /** Returns how many there are, at most k. */
    public int size() {
        return size;
    }

    /** Returns the class at a rank; 0 is the best. */
    public int classAt(int rank) {
        return classes[rank];
    }

    /** Returns the log-probability at a rank; of rank 0 -infinity if there is none. */
    public double logAt(int rank) {
        return logs[rank];
    }

    /** Returns the rank of a class, or -1 if it is not among them. */
    public int rankOf(int classIndex) {
        for (int rank = 0; rank < size; rank++) {
            if (classes[rank] == classIndex) {
                return rank;
            }
        }
        return -1;
    }
}
