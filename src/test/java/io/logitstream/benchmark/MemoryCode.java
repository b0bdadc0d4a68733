package io.logitstream.benchmark;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The memory's own speed: a copy of the rows, or a sum over them. */
final class MemoryCode implements CaseCode {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    private final boolean copies;
    private final float[] rows;
    private final float[] out;

    MemoryCode(boolean copies, float[] rows) {
        this.copies = copies;
        this.rows = rows;
        this.out = new float[rows.length];
    }

    @Override
    public double run() {
        if (!copies) {
            return sum(rows);
        }
        System.arraycopy(rows, 0, out, 0, rows.length);
        return out[0];
    }

    private static double sum(float[] rows) {
        FloatVector a = FloatVector.zero(SPECIES);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int width = SPECIES.length();
        int end = rows.length / (4 * width) * (4 * width);
        for (int i = 0; i < end; i += 4 * width) {
            a = FloatVector.fromArray(SPECIES, rows, i).add(a);
            b = FloatVector.fromArray(SPECIES, rows, i + width).add(b);
            c = FloatVector.fromArray(SPECIES, rows, i + 2 * width).add(c);
            d = FloatVector.fromArray(SPECIES, rows, i + 3 * width).add(d);
        }
        float[] lanes = new float[4 * width];
        a.intoArray(lanes, 0);
        b.intoArray(lanes, width);
        c.intoArray(lanes, 2 * width);
        d.intoArray(lanes, 3 * width);
        double sum = 0;
        for (float lane : lanes) {
            sum += lane;
        }
        for (int i = end; i < rows.length; i++) {
            sum += rows[i];
        }
        return sum;
    }
}
