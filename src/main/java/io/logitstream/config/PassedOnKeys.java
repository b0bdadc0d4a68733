package io.logitstream.config;

import static io.logitstream.config.KeySpec.Value.optional;
import static io.logitstream.config.KeySpec.Value.required;

import io.logitstream.config.KeyType.Choice;
import io.logitstream.config.KeyType.Text;
import io.logitstream.config.KeyType.Whole;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sections whose keys belong to Kafka and Flink, and the few of them the job sets itself. */
final class PassedOnKeys {

    static final KeySpec.Settings KAFKA =
            new KeySpec.Settings(
                    "kafka",
                    true,
                    "Properties of the Kafka clients, as Kafka names them, for the consumer and the"
                            + " producers alike. Values of passwords, keys and tokens, and whatever"
                            + " comes from ${...}, are never shown.",
                    List.of(
                            required(
                                    "bootstrap.servers",
                                    Text.of(
                                            "^[^\\s,]+:[0-9]{1,5}( *, *[^\\s,]+:[0-9]{1,5}){0,99}$",
                                            "is not a list of brokers",
                                            "host:port, up to 99 more of them after commas"),
                                    "The brokers to start from. With one only, the job can't start"
                                            + " while that one is down."),
                            optional(
                                    "acks",
                                    new Choice(List.of("all", "-1", "1", "0")),
                                    "How many replicas acknowledge a write; all is what the job"
                                            + " does by itself. With exactly-once delivery only all"
                                            + " (or -1): with less, what was"
                                            + " committed can be lost."),
                            optional(
                                    "transaction.timeout.ms",
                                    new Whole(1, Integer.MAX_VALUE),
                                    "How long a transaction may be open, in milliseconds; 900000"
                                            + " is what the job does by itself. Shorter"
                                            + " than the time between checkpoints plus a restart and"
                                            + " the broker aborts what was written; longer than the"
                                            + " broker's transaction.max.timeout.ms and the producer"
                                            + " can't start."),
                            optional(
                                    "auto.offset.reset",
                                    new Choice(List.of("earliest", "latest", "none")),
                                    "Where to start reading if the job has no committed offset:"
                                            + " earliest (what the job does by itself) reads all"
                                            + " that is kept, latest skips it, none fails."),
                            optional(
                                    "max.request.size",
                                    new Whole(16_384, Integer.MAX_VALUE),
                                    "How large an output record may be, in bytes; Kafka's default is"
                                            + " 1048576. Smaller and predictions go to dead-letters"
                                            + " as output-too-large; larger than the topics'"
                                            + " max.message.bytes and the broker refuses them."),
                            optional(
                                    "batch.size",
                                    new Whole(0, Integer.MAX_VALUE),
                                    "How many bytes of records a producer sends to a partition at"
                                            + " once, at most; 65536 is what the job does by"
                                            + " itself, or 524288 with predictions.emit: full, but no"
                                            + " more than max.request.size."),
                            optional(
                                    "buffer.memory",
                                    new Whole(65_536, 1L << 50),
                                    "What a producer holds that is not sent yet, in bytes; 33554432"
                                            + " is what the job does by itself, or twice"
                                            + " max.request.size or batch.size if that is more. At"
                                            + " least as much as each of these: a producer throws"
                                            + " for what is larger.")),
                    refusedByKafka());

    static final KeySpec.Settings FLINK =
            new KeySpec.Settings(
                    "flink",
                    false,
                    "Settings of Flink, as Flink names them, for this job.",
                    List.of(),
                    refusedByFlink());

    private PassedOnKeys() {}

    private static Map<String, String> refusedByKafka() {
        String bytes = "is fixed: the job reads and writes bytes and codes them by format";
        Map<String, String> refused = new LinkedHashMap<>();
        refused.put("key.deserializer", bytes);
        refused.put("value.deserializer", bytes);
        refused.put("key.serializer", bytes);
        refused.put("value.serializer", bytes);
        refused.put("enable.auto.commit", "is fixed: offsets are committed with checkpoints");
        refused.put(
                "isolation.level",
                "is fixed at read_committed: a score whose transaction was aborted was never sent,"
                        + " and a prediction from it could not be taken back");
        refused.put("group.id", "is made from name");
        refused.put("transactional.id", "is made from name");
        return refused;
    }

    private static Map<String, String> refusedByFlink() {
        Map<String, String> refused = new LinkedHashMap<>();
        refused.put(
                "pipeline.auto-generate-uids",
                "is fixed at false: generated uids change with the code, and savepoints are lost");
        refused.put(
                "pipeline.generic-types",
                "is fixed at false: every type has a serialiser whose format is kept");
        refused.put("pipeline.object-reuse", "is fixed at true: rows are passed on without a copy");
        refused.put(
                "pipeline.max-parallelism", "is fixed: state of another maximum can't be restored");
        return refused;
    }
}
