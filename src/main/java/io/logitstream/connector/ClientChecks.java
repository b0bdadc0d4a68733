package io.logitstream.connector;

import io.logitstream.config.JobFile;
import java.security.UnrecoverableKeyException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes a producer and a consumer as the job will, and closes them: they check their settings
 * themselves, each those it knows. On a cluster the first would be made in a task, and the job
 * restart for ever. Asks no broker.
 */
final class ClientChecks {

    private ClientChecks() {}

    /** Returns what keeps the clients of a job from being made; empty if nothing does. */
    static List<String> faults(JobFile job) {
        List<String> faults = new ArrayList<>();
        Properties sink = KafkaJob.sinkProperties(job);
        if (job.delivery() == JobFile.Delivery.EXACTLY_ONCE) {
            sink.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, KafkaJob.transactionalIdPrefix(job));
        }
        Properties source = KafkaJob.sourceProperties(job);
        source.put(ConsumerConfig.GROUP_ID_CONFIG, job.name());
        source.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        ByteArraySerializer out = new ByteArraySerializer();
        ByteArrayDeserializer in = new ByteArrayDeserializer();
        tryTo(() -> new KafkaProducer<>(sink, out, out).close(Duration.ZERO), faults);
        tryTo(() -> new KafkaConsumer<>(source, in, in).close(), faults);
        return faults.stream().distinct().toList();
    }

    private static void tryTo(Runnable make, List<String> faults) {
        try {
            make.run();
        } catch (KafkaException e) {
            faults.add(cannotSetUp(e));
        }
    }

    /** Returns what to say of a client that cannot be made. */
    static String cannotSetUp(KafkaException why) {
        if (NoAnswerException.root(why) instanceof UnrecoverableKeyException) {
            return "kafka.ssl: ssl.keystore.password or ssl.truststore.password is not that of its store";
        }
        String message = NoAnswerException.rootMessage(why);
        // What Kafka says of a JAAS entry it can't read quotes a part of it, maybe of the password.
        return message.contains("JAAS")
                ? "kafka.sasl.jaas.config: is no JAAS entry (allowed: MODULE required name=\"value\" ...; with a \\ before each \" and \\ of a value)"
                : "kafka: the client cannot be set up: " + message;
    }
}
