package io.logitstream.operator;

import io.logitstream.codec.JsonLedgerEncoder;
import io.logitstream.record.Header;
import io.logitstream.record.LedgerEntry;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.OutputRecord;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.operators.TimestampedCollector;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Sends on what the label join decides, and counts it. */
final class JoinDecisions implements LabelJoin.Output {

    private final Map<String, ModelSpec> models = new HashMap<>();
    private final JsonLedgerEncoder encoder = new JsonLedgerEncoder();
    private final boolean hasLedger;
    private final JoinMetrics metrics;
    private final TimestampedCollector<LossTerm> out;

    /**
     * Creates the way out of a subtask.
     *
     * @param models of the job file, whose classes the ledger names
     */
    JoinDecisions(
            List<ModelSpec> models,
            boolean hasLedger,
            JoinMetrics metrics,
            Output<StreamRecord<LossTerm>> out) {
        models.forEach(model -> this.models.put(model.name(), model));
        this.hasLedger = hasLedger;
        this.metrics = metrics;
        this.out = new TimestampedCollector<>(out);
    }

    @Override
    public void waits() {
        metrics.came();
    }

    @Override
    public void term(LossTerm term) {
        metrics.ended(term);
        out.collect(term);
    }

    @Override
    public void ledger(LedgerEntry entry) {
        if (hasLedger) {
            OutputRecord record =
                    new OutputRecord(
                            entry.id().getBytes(StandardCharsets.UTF_8),
                            encoder.encode(entry, models.get(entry.model())),
                            Header.NONE);
            out.collect(Outputs.LABEL_LEDGER, new StreamRecord<>(record));
        }
    }
}
