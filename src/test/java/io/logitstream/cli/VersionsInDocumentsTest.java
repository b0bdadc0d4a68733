package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents name the jar, the image and the SBOM with the version that the build gives them. */
class VersionsInDocumentsTest {

    private static final Pattern NAMED = Pattern.compile("logitstream[-:](\\d+\\.\\d+\\.\\d+)");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "jobs/README.md", "jobs/kubernetes/README.md"})
    void isThatOfTheBuild(String document) throws IOException {
        assertThat(NAMED.matcher(Files.readString(Path.of(document))).results())
                .isNotEmpty()
                .extracting((MatchResult match) -> match.group(1))
                .containsOnly(BuildVersions.project());
    }
}
