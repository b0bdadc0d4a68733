package io.logitstream.topology;

import io.logitstream.config.JobFile;
import io.logitstream.operator.DistributeShardsFunction;
import io.logitstream.operator.MergeShardsOperator;
import io.logitstream.operator.OperatorIds;
import io.logitstream.operator.OutputLimit;
import io.logitstream.operator.Outputs;
import io.logitstream.operator.types.RecordType;
import io.logitstream.record.LabelKey;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RowNorm;
import io.logitstream.record.ShardKey;
import io.logitstream.record.ShardScores;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** How the operators are wired that put rows in shards together. */
record ShardWiring(JobFile job, OutputLimit limit, ScoringTopology.Sinks sinks) {

    /** Merges the shards of rows and writes their predictions. */
    SingleOutputStreamOperator<OutputRecord> merge(
            SingleOutputStreamOperator<OutputRecord> classified) {
        SingleOutputStreamOperator<OutputRecord> merged =
                classified
                        .getSideOutput(Outputs.SHARDS)
                        .keyBy(
                                shard -> new LabelKey(shard.model(), shard.id()),
                                RecordType.LABEL_KEY)
                        .transform(
                                OperatorIds.MERGE_SHARDS,
                                TypeInformation.of(OutputRecord.class),
                                new MergeShardsOperator(job, limit))
                        .uid(OperatorIds.MERGE_SHARDS);
        // A sink of its own: with a second input the other one would leave the chain of classify.
        ScoringTopology.write(
                merged, sinks.mergedPredictions(), OperatorIds.MERGED_PREDICTIONS_SINK);
        return merged;
    }

    /** Writes the shards of the distributions and returns the dead letters. */
    DataStream<OutputRecord> distribute(
            SingleOutputStreamOperator<OutputRecord> classified,
            SingleOutputStreamOperator<OutputRecord> merged) {
        TypeInformation<ShardKey> key = TypeInformation.of(ShardKey.class);
        SingleOutputStreamOperator<OutputRecord> distributed =
                classified
                        .getSideOutput(Outputs.SHARD_SCORES)
                        .keyBy(ShardScores::key, key)
                        .connect(merged.getSideOutput(Outputs.ROW_NORMS).keyBy(RowNorm::key, key))
                        .process(
                                new DistributeShardsFunction(job, limit),
                                TypeInformation.of(OutputRecord.class))
                        .uid(OperatorIds.DISTRIBUTE_SHARDS)
                        .name(OperatorIds.DISTRIBUTE_SHARDS);
        ScoringTopology.write(distributed, sinks.distributions(), OperatorIds.DISTRIBUTIONS_SINK);
        return distributed.getSideOutput(Outputs.DEAD_LETTERS);
    }
}
