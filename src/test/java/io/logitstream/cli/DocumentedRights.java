package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** The rights that the shipped script gives, as it would give them to Kafka's own command. */
final class DocumentedRights {

    private DocumentedRights() {}

    static List<AclBinding> all() throws Exception {
        ProcessBuilder script = new ProcessBuilder("sh", "config/kafka/acls.sh");
        script.environment().put("KAFKA_ACLS", "echo");
        Process process = script.redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return out.lines().map(DocumentedRights::parse).toList();
    }

    /** Returns what was given to one user. */
    static List<AclBinding> of(String user) throws Exception {
        return all().stream()
                .filter(acl -> acl.entry().principal().equals("User:" + user))
                .toList();
    }

    private static AclBinding parse(String line) {
        Map<String, String> options = new HashMap<>();
        Iterator<String> words = List.of(line.split(" ")).iterator();
        while (words.hasNext()) {
            String option = words.next();
            options.put(option, option.equals("--add") ? "" : words.next());
        }
        PatternType pattern =
                options.containsKey("--resource-pattern-type")
                        ? PatternType.PREFIXED
                        : PatternType.LITERAL;
        return new AclBinding(
                resource(options, pattern),
                new AccessControlEntry(
                        options.get("--allow-principal"),
                        "*",
                        AclOperation.fromString(options.get("--operation")),
                        AclPermissionType.ALLOW));
    }

    private static ResourcePattern resource(Map<String, String> options, PatternType pattern) {
        for (var kind :
                Map.of(
                                "--topic", ResourceType.TOPIC,
                                "--group", ResourceType.GROUP,
                                "--transactional-id", ResourceType.TRANSACTIONAL_ID)
                        .entrySet()) {
            if (options.containsKey(kind.getKey())) {
                return new ResourcePattern(kind.getValue(), options.get(kind.getKey()), pattern);
            }
        }
        throw new IllegalArgumentException("no resource among " + options);
    }
}
