package io.logitstream.connector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import io.logitstream.record.ControlRecord;
import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a job starts with of what its control topic says. */
class ControlSourceTest {

    private static final String TAGS =
            "{\"name\":\"tags\",\"version\":%d,\"classes\":100,\"drift\":{\"first-windows\":5}}";

    private final List<RawRecord> said = new ArrayList<>();

    private void say(String name, String record) {
        said.add(
                new RawRecord(
                        "models",
                        0,
                        said.size(),
                        5,
                        name.getBytes(UTF_8),
                        record.getBytes(UTF_8),
                        Header.NONE));
    }

    private static JobFile job(int perClass) throws Exception {
        List<String> settings =
                List.of("control.topic=models", "losses.topic=l", "losses.per-class=" + perClass);
        return JobFileReader.read(Path.of("jobs/two-class.yaml"), settings, Map.of());
    }

    @Test
    void doesNotStartWithoutAModelThatAChangedFileRefuses() throws Exception {
        say("tags", TAGS.formatted(1));
        say("other", "no model of any job");
        assertThat(ControlSource.accepted(job(128), said)).hasSize(1);
        assertThatThrownBy(() -> ControlSource.accepted(job(50), said))
                .isInstanceOf(LostModelsException.class)
                .hasMessageContainingAll(
                        "control topic 'models'", "model/tags, models-0-0: ", "per-class")
                .hasMessageNotContaining("other");
    }

    @Test
    void missesNoModelThatWasRetiredOrReplaced() throws Exception {
        say("tags", TAGS.formatted(1));
        say("tags", "{\"name\":\"tags\",\"version\":2,\"retired\":true}");
        assertThat(ControlSource.accepted(job(50), said))
                .extracting(ControlRecord::kind)
                .containsExactly(ControlRecord.Kind.MODEL);
        say("tags", TAGS.formatted(3));
        assertThatThrownBy(() -> ControlSource.accepted(job(50), said))
                .hasMessageContaining("tags");
        say("tags", "{\"name\":\"tags\",\"version\":4,\"classes\":100}");
        assertThat(ControlSource.accepted(job(50), said)).isNotEmpty();
    }
}
