package io.logitstream.local;

import io.logitstream.operator.OperatorIds;
import io.logitstream.operator.types.RecordType;
import io.logitstream.topology.ScoringTopology;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.CompletedCheckpointStorageLocation;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorBackendSerializationProxy;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StateSerializerProvider;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.BackendStateType;
import org.apache.flink.runtime.state.restore.FullSnapshotRestoreOperation;
import org.apache.flink.runtime.state.restore.SavepointRestoreResult;

/** What a savepoint holds. */
public final class SavedState {

    private SavedState() {}

    /**
     * Returns how many rows and memories of rows the join of labels keeps in a savepoint, by the
     * names of its states; those with none are absent.
     */
    public static Map<String, Integer> joinEntries(String savepoint) throws Exception {
        for (OperatorState operator : operators(savepoint)) {
            if (operator.getOperatorUid().orElse("").equals(OperatorIds.JOIN_LABELS)) {
                return entries(operator, RecordType.LABEL_KEY);
            }
        }
        throw new IllegalArgumentException("no join of labels in " + savepoint);
    }

    private static <K> Map<String, Integer> entries(OperatorState operator, TypeInformation<K> key)
            throws Exception {
        Map<String, Integer> entries = new TreeMap<>();
        for (OperatorSubtaskState subtask : operator.getStates()) {
            for (KeyedStateHandle handle : subtask.getManagedKeyedState()) {
                TypeSerializer<K> keys = key.createSerializer(new SerializerConfigImpl());
                var restored =
                        new FullSnapshotRestoreOperation<>(
                                        KeyGroupRange.of(0, ScoringTopology.MAX_PARALLELISM - 1),
                                        SavedState.class.getClassLoader(),
                                        List.of(handle),
                                        StateSerializerProvider.fromNewRegisteredSerializer(keys))
                                .restore();
                while (restored.hasNext()) {
                    count(restored.next(), entries);
                }
            }
        }
        return entries;
    }

    /** Timers are no entries. */
    private static void count(SavepointRestoreResult restored, Map<String, Integer> entries)
            throws Exception {
        List<StateMetaInfoSnapshot> states = restored.getStateMetaInfoSnapshots();
        try (var groups = restored.getRestoredKeyGroups()) {
            while (groups.hasNext()) {
                var group = groups.next().getKeyGroupEntries();
                while (group.hasNext()) {
                    StateMetaInfoSnapshot state = states.get(group.next().getKvStateId());
                    if (state.getBackendStateType() == BackendStateType.KEY_VALUE) {
                        entries.merge(state.getName(), 1, Integer::sum);
                    }
                }
            }
        }
    }

    /** Returns the operators of a savepoint in a directory. */
    public static Collection<OperatorState> operators(String savepoint) throws IOException {
        CompletedCheckpointStorageLocation location =
                AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(savepoint);
        return operators(location.getMetadataHandle().openInputStream(), savepoint);
    }

    /** Returns the operators of a savepoint that is one file, whose stream is closed. */
    public static Collection<OperatorState> operators(InputStream file) throws IOException {
        return operators(file, "a savepoint");
    }

    private static Collection<OperatorState> operators(InputStream file, String savepoint)
            throws IOException {
        try (DataInputStream in = new DataInputStream(file)) {
            CheckpointMetadata metadata =
                    Checkpoints.loadCheckpointMetadata(
                            in, SavedState.class.getClassLoader(), savepoint);
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
}
