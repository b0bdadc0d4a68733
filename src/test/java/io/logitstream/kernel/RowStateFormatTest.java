package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitstream.Seeds;
import io.logitstream.kernel.RowState.Sums;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowStateFormatTest {

    private final Random random = Seeds.random(getClass());
    private final RowKernel kernel = RowKernels.create();

    private RowState reduced(int classes, double mean, double temperature) {
        RowState state = new RowState(temperature, 5, EnumSet.allOf(Sums.class));
        float[] row = TestRows.gaussian(random, classes, mean, 4);
        kernel.reduce(row, 0, classes, 0, state);
        if (classes > 0) {
            state.setLabelScore(row[0]);
        }
        return state;
    }

    private static byte[] bytes(RowState state) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RowStateFormat.write(state, new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static RowState read(byte[] bytes, RowState into) throws IOException {
        RowStateFormat.read(new DataInputStream(new ByteArrayInputStream(bytes)), into);
        return into;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5_000})
    void readsTheSameState(int classes) throws IOException {
        for (double mean : new double[] {0, 1e6}) {
            RowState state = reduced(classes, mean, 0.7);
            byte[] bytes = bytes(state);
            assertThat(bytes).hasSize(101 + 8 * Math.min(classes, 5));
            RowState used = reduced(77, 3, 0.7);
            RowState read = read(bytes, used);
            assertThat(bytes(read)).isEqualTo(bytes);
            assertThat(StateBits.of(read)).isEqualTo(StateBits.of(state));
            RowState more = reduced(100, 1, 0.7);
            state.mergeWith(more);
            read.mergeWith(more);
            assertThat(StateBits.of(read)).isEqualTo(StateBits.of(state));
        }
    }

    @Test
    void keepsAsManyOfTheBestAsThereIsRoomFor() throws IOException {
        RowState state = reduced(100, 0, 1);
        RowState few = read(bytes(state), new RowState(1, 2, EnumSet.allOf(Sums.class)));
        assertThat(few.topK().size()).isEqualTo(2);
        assertThat(few.topK().classAt(1)).isEqualTo(state.topK().classAt(1));
    }

    @Test
    void refusesAStateOfAnotherKind() throws IOException {
        byte[] bytes = bytes(reduced(100, 0, 1));
        assertThatThrownBy(() -> read(bytes, new RowState(2, 5, EnumSet.allOf(Sums.class))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("temperature 1.0")
                .hasMessageContaining("temperature 2.0");
        assertThatThrownBy(() -> read(bytes, new RowState(1, 5)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
