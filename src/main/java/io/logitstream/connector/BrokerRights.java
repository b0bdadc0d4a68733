package io.logitstream.connector;

import static java.util.Locale.ROOT;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the user of the job file may do at the broker, found by asking as that user. Only what the
 * broker says it forbids is a fault; a question without an answer is logged, and the job's own
 * clients tell later.
 */
final class BrokerRights {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerRights.class);

    private final Admin admin;
    private final long timeoutMillis;

    BrokerRights(Admin admin, long timeoutMillis) {
        this.admin = admin;
        this.timeoutMillis = timeoutMillis;
    }

    /**
     * Returns what is missing for a topic.
     *
     * @param allowed null if the broker does not say
     */
    static List<String> missing(JobTopic topic, @Nullable Set<AclOperation> allowed) {
        List<String> faults = new ArrayList<>();
        for (AclOperation use : new TreeSet<>(topic.uses())) {
            if (allowed != null && !allowed.contains(use)) {
                faults.add(
                        refusal(
                                topic.key(),
                                use,
                                "topic '" + topic.name() + "'",
                                "--topic " + topic.name()));
            }
        }
        return faults;
    }

    /** Returns what is missing for the group, which keeps how far the job has read. */
    List<String> missingForGroup(String group) {
        try {
            ConsumerGroupDescription description =
                    NoAnswerException.await(
                            admin.describeConsumerGroups(
                                            List.of(group),
                                            new DescribeConsumerGroupsOptions()
                                                    .includeAuthorizedOperations(true))
                                    .describedGroups()
                                    .get(group),
                            timeoutMillis);
            Set<AclOperation> allowed = description.authorizedOperations();
            if (allowed == null || allowed.contains(AclOperation.READ)) {
                return List.of();
            }
        } catch (NoAnswerException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                // The job has never run; its first start makes the group.
                return List.of();
            }
            if (!(e.getCause() instanceof GroupAuthorizationException)) {
                LOG.info("Cannot look at group {}: {}", group, e.getMessage());
                return List.of();
            }
        }
        return List.of(
                refusal(
                        "name",
                        AclOperation.READ,
                        "with group '" + group + "'",
                        "--group " + group));
    }

    /**
     * Returns what is missing for transactions. Asks for the end of those of an id that no sink
     * has; the broker keeps it for a week, as it does with those of the sinks.
     */
    List<String> missingForTransactions(String idPrefix) {
        String probe = idPrefix + "check";
        try {
            NoAnswerException.await(admin.fenceProducers(List.of(probe)).all(), timeoutMillis);
        } catch (NoAnswerException e) {
            if (e.getCause() instanceof TransactionalIdAuthorizationException) {
                return List.of(
                        refusal(
                                "delivery",
                                AclOperation.WRITE,
                                "in transactions whose id begins with '" + idPrefix + "'",
                                "--transactional-id "
                                        + idPrefix
                                        + " --resource-pattern-type prefixed"));
            }
            LOG.info("Cannot look at transactions of {}: {}", probe, e.getMessage());
        }
        return List.of();
    }

    /** Says that the user may not do something, and what the administrator does about it. */
    private static String refusal(
            String key, AclOperation operation, String what, String aclOptions) {
        String verb = operation.name().toLowerCase(ROOT);
        String option = operation.name().charAt(0) + verb.substring(1);
        return "%s: this user may not %s %s; allow it (kafka-acls --add --allow-principal User:... --operation %s %s)"
                .formatted(key, verb, what, option, aclOptions);
    }
}
