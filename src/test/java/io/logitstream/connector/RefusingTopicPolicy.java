package io.logitstream.connector;

import java.util.Map;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.server.policy.CreateTopicPolicy;

/** What a broker runs whose owner does not let everybody create every topic. */
public final class RefusingTopicPolicy implements CreateTopicPolicy {

    static final String REFUSED_PREFIX = "forbidden-";

    @Override
    public void configure(Map<String, ?> settings) {}

    @Override
    public void validate(RequestMetadata request) {
        if (request.topic().startsWith(REFUSED_PREFIX)) {
            throw new PolicyViolationException("only the owner creates " + request.topic());
        }
    }

    @Override
    public void close() {}
}
