package io.logitstream.cli;

import static org.awaitility.Awaitility.await;

import io.logitstream.operator.OperatorIds;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;

/**
 * The transactions of a job that are open on the broker.
 *
 * <p>Their ids are PREFIX-SUBTASK-N, and one with N is committed by checkpoint N: this is the
 * naming that Flink's Kafka sink has unless told otherwise.
 */
record OpenTransactions(String bootstrapServers, String job) {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Set<TransactionState> OVER =
            Set.of(
                    TransactionState.EMPTY,
                    TransactionState.COMPLETE_ABORT,
                    TransactionState.COMPLETE_COMMIT);

    /**
     * Ends one of the transactions of predictions as the broker does when their time is over.
     *
     * @param checkpoint the last one; what it commits is left alone, and waited for
     */
    void expireOne(long checkpoint, Random random) throws Exception {
        try (Admin admin =
                Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrapServers))) {
            await("what checkpoint " + checkpoint + " commits")
                    .atMost(PATIENCE)
                    .until(() -> open(admin).stream().allMatch(id -> number(id) > checkpoint));
            String predictions = job + "--" + OperatorIds.PREDICTIONS_SINK;
            List<String> candidates =
                    await("an open transaction")
                            .atMost(PATIENCE)
                            .until(
                                    () ->
                                            open(admin).stream()
                                                    .filter(id -> id.startsWith(predictions))
                                                    .sorted()
                                                    .toList(),
                                    ids -> !ids.isEmpty());
            admin.forceTerminateTransaction(candidates.get(random.nextInt(candidates.size())))
                    .result()
                    .get();
        }
    }

    private List<String> open(Admin admin) throws Exception {
        return admin.listTransactions().all().get().stream()
                .filter(transaction -> !OVER.contains(transaction.state()))
                .map(TransactionListing::transactionalId)
                .filter(id -> id.startsWith(job + "-"))
                .toList();
    }

    private static long number(String id) {
        return Long.parseLong(id.substring(id.lastIndexOf('-') + 1));
    }
}
