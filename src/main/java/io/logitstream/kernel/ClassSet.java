package io.logitstream.kernel;

import java.util.Arrays;

/**
 * The classes that are true of a row, each once and ascending. Reused from row to row: grows to the
 * largest set, then allocates nothing. Not thread-safe.
 */
public final class ClassSet {

    private int[] classes = new int[16];
    private int size;

    /** Forgets everything. */
    public void clear() {
        size = 0;
    }

    /** Adds a class, perhaps again; {@link #sort} comes before the set is read. */
    public void add(int classIndex) {
        if (size == classes.length) {
            classes = Arrays.copyOf(classes, 2 * size);
        }
        classes[size++] = classIndex;
    }

    /** Puts the classes in their order, each once. */
    public void sort() {
        Arrays.sort(classes, 0, size);
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (i == 0 || classes[i] != classes[i - 1]) {
                classes[kept++] = classes[i];
            }
        }
        size = kept;
    }

    /** Returns how many classes there are. */
    public int size() {
        return size;
    }

    /** Returns the class at an index; 0 is the lowest class. */
    public int classAt(int index) {
        return classes[index];
    }

    /** Returns whether a class is one of them. */
    public boolean contains(int classIndex) {
        return Arrays.binarySearch(classes, 0, size, classIndex) >= 0;
    }
}
