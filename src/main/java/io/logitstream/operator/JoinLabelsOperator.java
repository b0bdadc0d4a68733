package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.record.Label;
import io.logitstream.record.LabelKey;
import io.logitstream.record.LossTerm;
import io.logitstream.record.WaitingRow;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;

/**
 * Runs {@link JoinLabelsFunction}, and lets a checkpoint pass between its timers where the job's
 * settings ask for that: a jump of event time may end the wait of a million rows at once.
 */
public final class JoinLabelsOperator
        extends KeyedCoProcessOperator<LabelKey, WaitingRow, Label, LossTerm> {

    private static final long serialVersionUID = 1L;

    /** Creates the operator of a job with labels. */
    public JoinLabelsOperator(JobFile job) {
        super(new JoinLabelsFunction(job));
    }

    @Override
    public boolean useInterruptibleTimers() {
        return true;
    }
}
