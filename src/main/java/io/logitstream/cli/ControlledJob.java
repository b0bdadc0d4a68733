package io.logitstream.cli;

import io.logitstream.config.ControlledModels;
import io.logitstream.config.JobFile;
import io.logitstream.config.ModelRecords;
import io.logitstream.connector.BrokerChecks;
import io.logitstream.connector.ControlTopic;
import io.logitstream.connector.TopicContent;
import io.logitstream.record.ControlRecord;
import io.logitstream.record.Fault;
import io.logitstream.record.ModelDirectory;
import io.logitstream.record.RawRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;

/** A job with a control topic, and what is in it. */
final class ControlledJob {

    /**
     * A record that changes nothing.
     *
     * @param record the record
     * @param fault why
     */
    record Refused(RawRecord record, Fault fault) {}

    private final ControlTopic topic;
    private final ControlledModels models;
    private final List<Refused> refused = new ArrayList<>();

    private ControlledJob(JobFile job) {
        topic = ControlTopic.of(job);
        models = new ControlledModels(ModelRecords.of(job), job.models());
    }

    /**
     * Reads the control topic of a job.
     *
     * @throws Failures.CannotStart if it has none, or the broker can't be used
     */
    static ControlledJob toRead(JobFile job) throws Failures.CannotStart {
        return of(job, false);
    }

    /**
     * Reads the control topic of a job, before something is sent to it.
     *
     * @throws Failures.CannotStart if it has none, or the broker can't be used
     */
    static ControlledJob toChange(JobFile job) throws Failures.CannotStart {
        return of(job, true);
    }

    private static ControlledJob of(JobFile job, boolean isToChange) throws Failures.CannotStart {
        if (job.control() == null) {
            throw new Failures.CannotStart(
                    "control: is not in the job file, so its models cannot change while it runs (allowed: control: { topic: ... }, or --set control.topic=...)");
        }
        List<String> faults = BrokerChecks.checkControl(job, isToChange);
        if (!faults.isEmpty()) {
            throw new Failures.CannotStart(String.join("\n", faults));
        }
        ControlledJob controlled = new ControlledJob(job);
        try {
            TopicContent.read(job, List.of(job.control().topic()))
                    .records()
                    .forEach(controlled::accept);
        } catch (KafkaException e) {
            throw new Failures.CannotStart("control.topic: cannot be read: " + e.getMessage());
        }
        return controlled;
    }

    private void accept(RawRecord record) {
        Fault fault = models.offer(ControlRecord.of(record, record.topic())).fault();
        if (fault != null) {
            refused.add(new Refused(record, fault));
        }
    }

    /** Returns the models as the job file and the topic leave them. */
    ModelDirectory models() {
        return models.directory();
    }

    /** Returns the records that change nothing, in their order. */
    List<Refused> refused() {
        return refused;
    }

    /**
     * Sends a change, and prints it: the record on stdout, where it is on stderr.
     *
     * @throws Failures.CannotStart if the job would refuse it, or the broker does
     */
    void send(String model, byte[] value) throws Failures.CannotStart, InterruptedException {
        byte[] key = model.getBytes(StandardCharsets.UTF_8);
        Fault fault = models.offer(new ControlRecord(ControlRecord.Kind.MODEL, key, value)).fault();
        if (fault != null) {
            throw new Failures.CannotStart("model " + model + ": " + fault.detail());
        }
        try {
            String place = topic.send(key, value);
            System.out.println(new String(value, StandardCharsets.UTF_8));
            System.err.println("sent " + place);
        } catch (KafkaException e) {
            throw new Failures.CannotStart("control.topic: cannot be written: " + e.getMessage());
        }
    }
}
