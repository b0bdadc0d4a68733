package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The choice of the kernel, which each process makes once. */
class RowKernelsTest {

    private static final List<String> MODULE = List.of("--add-modules", "jdk.incubator.vector");

    /** Prints the choice of a process of its own. */
    static final class Choice {

        private Choice() {}

        public static void main(String[] args) {
            try {
                System.out.println(RowKernels.chosen() + "|" + RowKernels.description());
            } catch (ExceptionInInitializerError e) {
                System.out.println("refused|" + e.getCause().getMessage());
            }
        }
    }

    private static String choiceWith(List<String> module, String... flags) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(module);
        command.addAll(List.of(flags));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Choice.class.getName()));
        Process process = new ProcessBuilder(command).start();
        byte[] out = process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).isZero();
        return new String(out, StandardCharsets.UTF_8).trim();
    }

    @Test
    void isTheOneThatTheBuildRequires() {
        assertThat(RowKernels.chosen())
                .as(RowKernels.description())
                .isEqualTo(System.getProperty("logitstream.test.requireKernel"));
    }

    @Test
    void isSimdWhereTheModuleIsAndSaysHowToTurnItOff() throws Exception {
        assertThat(choiceWith(MODULE))
                .startsWith("simd|SIMD softmax kernel, ")
                .contains("-Dlogitstream.kernel=scalar");
    }

    @Test
    void isScalarWithoutTheModuleAndSaysHowToGetTheFastOne() throws Exception {
        assertThat(choiceWith(List.of()))
                .startsWith("scalar|")
                .contains("--add-modules jdk.incubator.vector");
    }

    @Test
    void canBeForced() throws Exception {
        assertThat(choiceWith(MODULE, "-Dlogitstream.kernel=scalar")).startsWith("scalar|");
        assertThat(choiceWith(MODULE, "-Dlogitstream.kernel=simd")).startsWith("simd|");
        assertThat(choiceWith(MODULE, "-Dlogitstream.kernel.bits=128")).contains("128 bits");
    }

    @Test
    void failsIfWhatIsForcedCannotBeHad() throws Exception {
        assertThat(choiceWith(List.of(), "-Dlogitstream.kernel=simd"))
                .startsWith("refused|")
                .contains("--add-modules jdk.incubator.vector");
        assertThat(choiceWith(MODULE, "-Dlogitstream.kernel=gpu"))
                .startsWith("refused|")
                .contains("gpu", "auto, simd and scalar");
        assertThat(choiceWith(MODULE, "-Dlogitstream.kernel=simd", "-Dlogitstream.kernel.bits=64"))
                .startsWith("refused|")
                .contains("64");
    }
}
