package io.logitstream.benchmark.job;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.co.ProcessJoinFunction;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The job one writes by hand in an afternoon: POJOs and Flink's defaults, and a mean loss for each
 * window. Its windows have no late labels, no calibration, and sums that depend on the order.
 */
final class NaiveJob {

    private NaiveJob() {}

    static StreamGraph graph(JobCase of, Pass pass) {
        StreamExecutionEnvironment env = new StreamExecutionEnvironment();
        env.setParallelism(JobCase.PARTITIONS);
        env.configure(Configuration.fromMap(Map.of("execution.checkpointing.interval", "1s")));
        SingleOutputStreamOperator<NaiveRow> rows =
                env.fromSource(
                        FlinkTopics.source(
                                pass,
                                pass.scores(),
                                FlinkTopics.Clients.KAFKAS,
                                new NaiveReader(of.format())),
                        of.windows() ? inOrder() : WatermarkStrategy.noWatermarks(),
                        "scores");
        DataStream<NaiveResult> results =
                rows.map(row -> NaiveResult.of(row, of.isFull())).name("softmax");
        results.sinkTo(
                FlinkTopics.sink(
                        of,
                        pass,
                        "predictions",
                        FlinkTopics.Clients.KAFKAS,
                        result ->
                                new ProducerRecord<>(
                                        pass.predictions(),
                                        result.id.getBytes(StandardCharsets.UTF_8),
                                        result.json())));
        if (of.windows()) {
            DataStream<Double> losses =
                    of.labelJoin()
                            ? joined(env, pass, rows).map(row -> NaiveResult.loss(row))
                            : results.map(result -> result.loss);
            writeLosses(losses, of, pass);
        }
        return env.getStreamGraph();
    }

    private static WatermarkStrategy<NaiveRow> inOrder() {
        return WatermarkStrategy.forMonotonousTimestamps();
    }

    private static DataStream<NaiveRow> joined(
            StreamExecutionEnvironment env, Pass pass, DataStream<NaiveRow> rows) {
        DataStream<NaiveRow> labels =
                env.fromSource(
                        FlinkTopics.source(
                                pass,
                                pass.labels(),
                                FlinkTopics.Clients.KAFKAS,
                                new NaiveReader("json")),
                        inOrder(),
                        "labels");
        Duration most = Duration.ofMillis(JobCase.WINDOW_MILLIS);
        return rows.keyBy(row -> row.id)
                .intervalJoin(labels.keyBy(label -> label.id))
                .between(most.negated(), most)
                .process(
                        new ProcessJoinFunction<NaiveRow, NaiveRow, NaiveRow>() {
                            @Override
                            public void processElement(
                                    NaiveRow row,
                                    NaiveRow label,
                                    Context context,
                                    Collector<NaiveRow> out) {
                                row.label = label.label;
                                out.collect(row);
                            }
                        });
    }

    private static void writeLosses(DataStream<Double> losses, JobCase of, Pass pass) {
        losses.keyBy(loss -> JobCase.MODEL)
                .window(TumblingEventTimeWindows.of(Duration.ofMillis(JobCase.WINDOW_MILLIS)))
                .aggregate(new Mean())
                .sinkTo(
                        FlinkTopics.sink(
                                of,
                                pass,
                                "losses",
                                FlinkTopics.Clients.KAFKAS,
                                mean ->
                                        new ProducerRecord<>(
                                                pass.losses(),
                                                mean.toString().getBytes(StandardCharsets.UTF_8))));
    }

    private static final class Mean implements AggregateFunction<Double, double[], Double> {

        private static final long serialVersionUID = 1L;

        @Override
        public double[] createAccumulator() {
            return new double[2];
        }

        @Override
        public double[] add(Double loss, double[] sums) {
            return new double[] {sums[0] + loss, sums[1] + 1};
        }

        @Override
        public Double getResult(double[] sums) {
            return sums[0] / sums[1];
        }

        @Override
        public double[] merge(double[] a, double[] b) {
            return new double[] {a[0] + b[0], a[1] + b[1]};
        }
    }
}
