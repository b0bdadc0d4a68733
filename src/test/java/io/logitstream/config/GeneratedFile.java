package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compares a committed file with what generates it, or writes it where that is asked for. */
public final class GeneratedFile {

    private GeneratedFile() {}

    public static void assertFresh(String path, String generated, Class<?> test)
            throws IOException {
        Path file = Path.of(path);
        if (Boolean.getBoolean("logitstream.rewrite")) {
            Files.writeString(file, generated);
        }
        assertThat(Files.exists(file) ? Files.readString(file) : "")
                .as(
                        "%s is stale; write it again with: mvn -q test -Dtest=%s"
                                + " -Dlogitstream.rewrite=true",
                        path, test.getSimpleName())
                .isEqualTo(generated);
    }
}
