package io.logitstream.topology;

import io.logitstream.record.ScoreInput;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;

/**
 * Passes rows on and fails with the first one after a complete checkpoint, on one subtask, once: a
 * file remembers it over the restart.
 */
final class FailOnce extends RichMapFunction<ScoreInput, ScoreInput> implements CheckpointListener {

    private static final long serialVersionUID = 1L;

    private final String marker;
    private transient boolean armed;

    FailOnce(Path marker) {
        this.marker = marker.toString();
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
        armed = true;
    }

    @Override
    public ScoreInput map(ScoreInput input) throws IOException {
        if (armed) {
            armed = false;
            try {
                Files.createFile(Path.of(marker));
            } catch (FileAlreadyExistsException e) {
                return input;
            }
            throw new IllegalStateException("failed on purpose");
        }
        return input;
    }
}
