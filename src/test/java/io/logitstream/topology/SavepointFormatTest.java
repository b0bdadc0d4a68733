package io.logitstream.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.cli.BuildVersions;
import io.logitstream.local.SavedState;
import io.logitstream.operator.OperatorIds;
import io.logitstream.operator.StateIds;
import io.logitstream.operator.types.RecordType;
import io.logitstream.record.AlertState;
import io.logitstream.record.AppliedTemperature;
import io.logitstream.record.ControlRecord;
import io.logitstream.record.DriftBaseline;
import io.logitstream.record.DriftWindow;
import io.logitstream.record.LabelInput;
import io.logitstream.record.LossKey;
import io.logitstream.record.RowNorm;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ShardKey;
import io.logitstream.record.ShardMemory;
import io.logitstream.record.ShardScores;
import io.logitstream.record.ShardState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.CompositeTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.ListSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.MapSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.state.CompositeKeySerializationUtils;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorBackendSerializationProxy;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StateSerializerProvider;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.BackendStateType;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.CommonSerializerKeys;
import org.apache.flink.runtime.state.restore.FullSnapshotRestoreOperation;
import org.apache.flink.runtime.state.restore.KeyGroupEntry;
import org.apache.flink.runtime.state.ttl.TtlStateFactory;
import org.junit.jupiter.api.Test;

/**
 * The bytes of every state in the newest savepoint fixture: today's serializers read them, and
 * write the same.
 */
class SavepointFormatTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    private static final KeyGroupRange ALL_KEYS =
            KeyGroupRange.of(0, ScoringTopology.MAX_PARALLELISM - 1);

    private static final Map<String, TypeInformation<?>> KEYS =
            Map.of(
                    OperatorIds.LOSS_WINDOW,
                    TypeInformation.of(LossKey.class),
                    OperatorIds.JOIN_LABELS,
                    RecordType.LABEL_KEY,
                    OperatorIds.MERGE_SHARDS,
                    RecordType.LABEL_KEY,
                    OperatorIds.DISTRIBUTE_SHARDS,
                    TypeInformation.of(ShardKey.class));

    /** What each state holds; of a map, its values, of a list, its elements. */
    private static final Map<String, TypeInformation<?>> TYPES =
            Map.ofEntries(
                    Map.entry(StateIds.LOSS_REVISION, Types.LONG),
                    Map.entry(StateIds.LOSS_CHANGED, Types.BOOLEAN),
                    Map.entry(StateIds.DRIFT_WINDOW, TypeInformation.of(DriftWindow.class)),
                    Map.entry(StateIds.DRIFT_BASELINE, TypeInformation.of(DriftBaseline.class)),
                    Map.entry(StateIds.ALERTS, TypeInformation.of(AlertState.class)),
                    Map.entry(
                            StateIds.APPLIED_TEMPERATURE,
                            TypeInformation.of(AppliedTemperature.class)),
                    Map.entry(
                            "window-contents",
                            PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO),
                    Map.entry(StateIds.JOIN_MEMORY, RecordType.JOIN_MEMORY),
                    Map.entry(StateIds.WAITING_ROW, RecordType.WAITING_ROW),
                    Map.entry(StateIds.JOIN_WAKES, RecordType.LABEL_KEY),
                    Map.entry(StateIds.ROWS_WAITING, Types.LONG),
                    Map.entry(StateIds.SHARD_MEMORY, TypeInformation.of(ShardMemory.class)),
                    Map.entry(StateIds.SHARDS, TypeInformation.of(ShardState.class)),
                    Map.entry(StateIds.SHARD_SCORES, TypeInformation.of(ShardScores.class)),
                    Map.entry(StateIds.ROW_NORM, TypeInformation.of(RowNorm.class)),
                    Map.entry(StateIds.SENT_WATERMARK, Types.LONG),
                    Map.entry(StateIds.IDLE_WATERMARK, Types.LONG),
                    Map.entry(StateIds.CONTROL_RECORDS, TypeInformation.of(ControlRecord.class)));

    /** How many values there are of each state. */
    private final Map<String, Integer> values = new TreeMap<>();

    private static TypeInformation<?> type(String uid, String state) {
        if (state.equals(StateIds.WAITING_INPUTS)) {
            return uid.equals(OperatorIds.CLASSIFY)
                    ? Types.LIST(TypeInformation.of(ScoreInput.class))
                    : Types.LIST(TypeInformation.of(LabelInput.class));
        }
        return TYPES.get(state);
    }

    private static List<Path> savepoints(String version) throws IOException {
        try (Stream<Path> files = Files.walk(GOLDEN.resolve("savepoint-" + version), 2)) {
            return files.filter(file -> file.endsWith("savepoint.gz")).sorted().toList();
        }
    }

    @Test
    void readsAndWritesTheBytesOfEveryState() throws Exception {
        String version = BuildVersions.project();
        List<Path> savepoints = savepoints(version);
        assertThat(savepoints).as("one for each job, of version " + version).hasSize(2);
        for (Path savepoint : savepoints) {
            for (OperatorState operator :
                    SavedState.operators(new GZIPInputStream(Files.newInputStream(savepoint)))) {
                String uid = operator.getOperatorUid().orElseThrow();
                for (var subtask : operator.getStates()) {
                    for (KeyedStateHandle handle : subtask.getManagedKeyedState()) {
                        checkKeyed(uid, handle);
                    }
                    for (OperatorStateHandle handle : subtask.getManagedOperatorState()) {
                        checkNotKeyed(uid, handle);
                    }
                }
            }
        }
        TreeSet<String> all = new TreeSet<>(List.of("window-contents"));
        for (Field name : StateIds.class.getFields()) {
            all.add((String) name.get(null));
        }
        // In these jobs nobody is idle.
        all.remove(StateIds.IDLE_WATERMARK);
        assertThat(values.keySet()).containsExactlyElementsOf(all);
    }

    private <K> void checkKeyed(String uid, KeyedStateHandle handle) throws Exception {
        @SuppressWarnings("unchecked")
        TypeSerializer<K> keys = (TypeSerializer<K>) serializer(KEYS.get(uid));
        var restored =
                new FullSnapshotRestoreOperation<>(
                                ALL_KEYS,
                                getClass().getClassLoader(),
                                List.of(handle),
                                StateSerializerProvider.fromNewRegisteredSerializer(keys))
                        .restore();
        while (restored.hasNext()) {
            var result = restored.next();
            List<StateMetaInfoSnapshot> states = result.getStateMetaInfoSnapshots();
            var groups = result.getRestoredKeyGroups();
            while (groups.hasNext()) {
                var entries = groups.next().getKeyGroupEntries();
                while (entries.hasNext()) {
                    KeyGroupEntry entry = entries.next();
                    StateMetaInfoSnapshot state = states.get(entry.getKvStateId());
                    if (state.getBackendStateType() == BackendStateType.KEY_VALUE) {
                        checkKey(uid, keys, entry.getKey());
                        checkValue(uid, state, entry.getValue());
                    }
                }
            }
        }
    }

    /** A key stands between its key group and its namespace. */
    private static <K> void checkKey(String uid, TypeSerializer<K> keys, byte[] bytes)
            throws IOException {
        int from =
                CompositeKeySerializationUtils.computeRequiredBytesInKeyGroupPrefix(
                        ScoringTopology.MAX_PARALLELISM);
        DataInputDeserializer in = new DataInputDeserializer(bytes, from, bytes.length - from);
        byte[] again = writtenAgain(keys, in);
        assertThat(again)
                .as("a key of %s", uid)
                .isEqualTo(Arrays.copyOfRange(bytes, from, bytes.length - in.available()));
    }

    /**
     * A value stands behind the time of its last access, or a mark that it is not null. The
     * elements of a list have a comma between them.
     */
    private void checkValue(String uid, StateMetaInfoSnapshot state, byte[] bytes)
            throws IOException {
        TypeSerializerSnapshot<?> snapshot =
                state.getTypeSerializerSnapshot(CommonSerializerKeys.VALUE_SERIALIZER);
        int from = 0;
        if (snapshot instanceof TtlStateFactory.TtlSerializerSnapshot) {
            snapshot = nested(snapshot, 1);
            from = Long.BYTES;
        } else if (snapshot instanceof MapSerializerSnapshot) {
            snapshot = nested(snapshot, 1);
            from = 1;
        }
        boolean isList = snapshot instanceof ListSerializerSnapshot;
        if (isList) {
            snapshot = nested(snapshot, 0);
        }
        assertThat(TYPES).as("a state that is gone, or renamed").containsKey(state.getName());
        TypeSerializer<?> today = serializer(type(uid, state.getName()));
        assertSame(uid, state.getName(), today, snapshot);
        DataInputDeserializer in = new DataInputDeserializer(bytes, from, bytes.length - from);
        ByteArrayOutputStream again = new ByteArrayOutputStream();
        again.writeBytes(writtenAgain(today, in));
        while (isList && in.available() > 0) {
            again.write(in.readByte());
            again.writeBytes(writtenAgain(today, in));
        }
        assertThat(again.toByteArray())
                .as("%s of %s", state.getName(), uid)
                .isEqualTo(Arrays.copyOfRange(bytes, from, bytes.length));
        values.merge(state.getName(), 1, Integer::sum);
    }

    private static TypeSerializerSnapshot<?> nested(TypeSerializerSnapshot<?> snapshot, int of) {
        return ((CompositeTypeSerializerSnapshot<?, ?>) snapshot)
                .getNestedSerializerSnapshots()[of];
    }

    private void checkNotKeyed(String uid, OperatorStateHandle handle) throws IOException {
        byte[] bytes;
        OperatorBackendSerializationProxy proxy =
                new OperatorBackendSerializationProxy(getClass().getClassLoader());
        try (var in = handle.openInputStream()) {
            proxy.read(new DataInputViewStreamWrapper(in));
        }
        try (var in = handle.openInputStream()) {
            bytes = in.readAllBytes();
        }
        for (StateMetaInfoSnapshot state : proxy.getOperatorStateMetaInfoSnapshots()) {
            TypeInformation<?> type = type(uid, state.getName());
            if (type != null) {
                TypeSerializer<?> today = serializer(type);
                assertSame(
                        uid,
                        state.getName(),
                        today,
                        state.getTypeSerializerSnapshot(CommonSerializerKeys.VALUE_SERIALIZER));
                for (long offset : offsets(handle, state)) {
                    checkAt((int) offset, bytes, today, state.getName());
                }
            }
        }
        for (StateMetaInfoSnapshot state : proxy.getBroadcastStateMetaInfoSnapshots()) {
            TypeSerializer<?> today = serializer(type(uid, state.getName()));
            assertSame(
                    uid,
                    state.getName(),
                    today,
                    state.getTypeSerializerSnapshot(CommonSerializerKeys.VALUE_SERIALIZER));
            TypeSerializer<String> keys = Types.STRING.createSerializer(new SerializerConfigImpl());
            for (long offset : offsets(handle, state)) {
                DataInputDeserializer in = new DataInputDeserializer(bytes);
                in.skipBytesToRead((int) offset);
                int entries = in.readInt();
                for (int i = 0; i < entries; i++) {
                    keys.deserialize(in);
                    int at = checkAt(in.getPosition(), bytes, today, state.getName());
                    in.skipBytesToRead(at - in.getPosition());
                }
            }
        }
    }

    private static long[] offsets(OperatorStateHandle handle, StateMetaInfoSnapshot state) {
        return handle.getStateNameToPartitionOffsets().get(state.getName()).getOffsets();
    }

    /** Returns where the value ends. */
    private int checkAt(int start, byte[] bytes, TypeSerializer<?> today, String state)
            throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(bytes, start, bytes.length - start);
        byte[] again = writtenAgain(today, in);
        int end = bytes.length - in.available();
        assertThat(again).as(state).isEqualTo(Arrays.copyOfRange(bytes, start, end));
        values.merge(state, 1, Integer::sum);
        return end;
    }

    private static <T> byte[] writtenAgain(TypeSerializer<T> serializer, DataInputDeserializer in)
            throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(serializer.deserialize(in), out);
        return out.getCopyOfBuffer();
    }

    @SuppressWarnings("unchecked")
    private static <T> void assertSame(
            String uid, String state, TypeSerializer<T> today, TypeSerializerSnapshot<?> golden) {
        assertThat(
                        today.snapshotConfiguration()
                                .resolveSchemaCompatibility((TypeSerializerSnapshot<T>) golden)
                                .isCompatibleAsIs())
                .as("%s of %s is written as it was", state, uid)
                .isTrue();
    }

    private static TypeSerializer<?> serializer(TypeInformation<?> type) {
        return type.createSerializer(new SerializerConfigImpl());
    }
}
