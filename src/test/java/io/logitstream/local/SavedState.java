package io.logitstream.local;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.CompletedCheckpointStorageLocation;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorBackendSerializationProxy;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;

/** What a savepoint holds. */
public final class SavedState {

    private SavedState() {}

    /** Returns the bytes of the keyed state of an operator; some hundred per subtask if none. */
    public static long keyedBytes(String savepoint, String uid) throws IOException {
        for (OperatorState operator : operators(savepoint)) {
            if (operator.getOperatorUid().orElse("").equals(uid)) {
                return keyedBytes(operator);
            }
        }
        throw new IllegalArgumentException("no operator " + uid + " in " + savepoint);
    }

    /** Returns the operators of a savepoint in a directory. */
    public static Collection<OperatorState> operators(String savepoint) throws IOException {
        CompletedCheckpointStorageLocation location =
                AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(savepoint);
        return operators(location.getMetadataHandle().openInputStream());
    }

    /** Returns the operators of a savepoint that is one file, whose stream is closed. */
    public static Collection<OperatorState> operators(InputStream file) throws IOException {
        try (DataInputStream in = new DataInputStream(file)) {
            CheckpointMetadata metadata =
                    Checkpoints.loadCheckpointMetadata(
                            in, SavedState.class.getClassLoader(), "a savepoint");
            return metadata.getOperatorStates();
        }
    }

    /**
     * Returns how each state is written: by operator and name the snapshots of its serializers, in
     * hexadecimal.
     */
    public static Map<String, String> formats(Collection<OperatorState> operators)
            throws IOException {
        Map<String, String> formats = new TreeMap<>();
        for (OperatorState operator : operators) {
            String uid = operator.getOperatorUid().orElseThrow();
            for (OperatorSubtaskState subtask : operator.getStates()) {
                for (KeyedStateHandle handle : subtask.getManagedKeyedState()) {
                    KeyedBackendSerializationProxy<?> keyed =
                            new KeyedBackendSerializationProxy<>(SavedState.class.getClassLoader());
                    read((StreamStateHandle) handle, keyed::read);
                    formats.put(uid + " key", hex(keyed.getKeySerializerSnapshot()));
                    for (StateMetaInfoSnapshot state : keyed.getStateMetaInfoSnapshots()) {
                        formats.put(uid + " " + state.getName(), format(state));
                    }
                }
                for (OperatorStateHandle handle : subtask.getManagedOperatorState()) {
                    OperatorBackendSerializationProxy proxy =
                            new OperatorBackendSerializationProxy(
                                    SavedState.class.getClassLoader());
                    read(handle, proxy::read);
                    for (StateMetaInfoSnapshot state : proxy.getOperatorStateMetaInfoSnapshots()) {
                        formats.put(uid + " " + state.getName(), format(state));
                    }
                    for (StateMetaInfoSnapshot state : proxy.getBroadcastStateMetaInfoSnapshots()) {
                        formats.put(uid + " " + state.getName(), format(state));
                    }
                }
            }
        }
        return formats;
    }

    private interface Reading {
        void from(DataInputViewStreamWrapper in) throws IOException;
    }

    private static void read(StreamStateHandle handle, Reading reading) throws IOException {
        try (InputStream in = handle.openInputStream()) {
            reading.from(new DataInputViewStreamWrapper(in));
        }
    }

    private static String format(StateMetaInfoSnapshot state) throws IOException {
        StringBuilder format = new StringBuilder(state.getBackendStateType().name());
        for (var each : new TreeMap<>(state.getOptionsImmutable()).entrySet()) {
            format.append(' ').append(each);
        }
        for (var each : new TreeMap<>(state.getSerializerSnapshotsImmutable()).entrySet()) {
            format.append(' ').append(each.getKey()).append('=').append(hex(each.getValue()));
        }
        return format.toString();
    }

    private static String hex(TypeSerializerSnapshot<?> snapshot) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, snapshot);
        return HexFormat.of().formatHex(out.getCopyOfBuffer());
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
