package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class JobFileReferenceTest {

    @Test
    void committedReferenceIsFresh() throws IOException {
        GeneratedFile.assertFresh("config/job-file.md", JobFileReference.generate(), getClass());
    }

    @Test
    void saysDefaultAndRangeOfAKey() {
        assertThat(JobFileReference.generate())
                .contains("| `top-k` | `5` | a whole number from 1 to 128 | ")
                .contains("| `group.id` | is made from name |");
    }
}
