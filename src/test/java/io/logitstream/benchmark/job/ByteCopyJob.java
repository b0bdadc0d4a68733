package io.logitstream.benchmark.job;

import java.util.Arrays;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Reads every record and writes its key and 120 bytes: what Kafka and Flink cost, whatever a job
 * does.
 */
final class ByteCopyJob {

    static final int BYTES = 120;

    private ByteCopyJob() {}

    /** What is copied. */
    record Copied(byte[] key, byte[] value) {}

    static StreamGraph graph(JobCase of, Pass pass) {
        StreamExecutionEnvironment env = new StreamExecutionEnvironment();
        env.setParallelism(JobCase.PARTITIONS);
        env.configure(
                Configuration.fromMap(
                        Map.of(
                                "execution.checkpointing.interval", "1s",
                                "pipeline.object-reuse", "true")));
        env.fromSource(
                        FlinkTopics.source(
                                pass, pass.scores(), FlinkTopics.Clients.OURS, new Reader()),
                        WatermarkStrategy.noWatermarks(),
                        "scores")
                .sinkTo(
                        FlinkTopics.sink(
                                of,
                                pass,
                                "copy",
                                FlinkTopics.Clients.OURS,
                                copied ->
                                        new ProducerRecord<>(
                                                pass.predictions(), copied.key(), copied.value())));
        return env.getStreamGraph();
    }

    private static final class Reader implements KafkaRecordDeserializationSchema<Copied> {

        private static final long serialVersionUID = 1L;

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Copied> out) {
            out.collect(new Copied(record.key(), Arrays.copyOf(record.value(), BYTES)));
        }

        @Override
        public TypeInformation<Copied> getProducedType() {
            return TypeInformation.of(Copied.class);
        }
    }
}
