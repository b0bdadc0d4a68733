package io.logitstream.local;

import java.io.DataInputStream;
import java.io.IOException;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.CompletedCheckpointStorageLocation;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;

/** What a savepoint holds. */
public final class SavedState {

    private SavedState() {}

    /** Returns the bytes of the keyed state of an operator; some hundred per subtask if none. */
    public static long keyedBytes(String savepoint, String uid) throws IOException {
        CompletedCheckpointStorageLocation location =
                AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(savepoint);
        try (DataInputStream in =
                new DataInputStream(location.getMetadataHandle().openInputStream())) {
            CheckpointMetadata metadata =
                    Checkpoints.loadCheckpointMetadata(
                            in, SavedState.class.getClassLoader(), savepoint);
            for (OperatorState operator : metadata.getOperatorStates()) {
                if (operator.getOperatorUid().orElse("").equals(uid)) {
                    return keyedBytes(operator);
                }
            }
        }
        throw new IllegalArgumentException("no operator " + uid + " in " + savepoint);
    }

    private static long keyedBytes(OperatorState operator) {
        long bytes = 0;
        for (OperatorSubtaskState subtask : operator.getStates()) {
            for (KeyedStateHandle handle : subtask.getManagedKeyedState()) {
                bytes += handle.getStateSize();
            }
            for (KeyedStateHandle handle : subtask.getRawKeyedState()) {
                bytes += handle.getStateSize();
            }
        }
        return bytes;
    }
}
