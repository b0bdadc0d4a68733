package io.logitstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The schema of a FlinkDeployment, from the API of Flink's Kubernetes operator 1.10, the newest
 * that the registry of this build had on 2026-11-26. It is made strict, as Kubernetes is to who
 * asks it to be: what it does not name is refused. Of what came later it is given what we use, the
 * version of Flink.
 */
final class FlinkDeploymentSchema {

    private static final String FILE = "/META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml";

    private static final String USED_SINCE = "v2_2";

    private FlinkDeploymentSchema() {}

    static JsonNode read() throws IOException {
        JsonNode definition;
        try (InputStream in = FlinkDeploymentSchema.class.getResourceAsStream(FILE)) {
            definition = StrictYaml.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        ObjectNode schema = (ObjectNode) definition.at("/spec/versions/0/schema/openAPIV3Schema");
        ((ArrayNode) schema.at("/properties/spec/properties/flinkVersion/enum")).add(USED_SINCE);
        // What each object has is not in the schema of its kind.
        ObjectNode properties = (ObjectNode) schema.get("properties");
        properties.putObject("apiVersion").put("const", "flink.apache.org/v1beta1");
        properties.putObject("kind").put("const", "FlinkDeployment");
        properties.putObject("metadata").put("type", "object");
        makeStrict(schema);
        return schema;
    }

    private static void makeStrict(JsonNode schema) {
        if (schema instanceof ObjectNode object
                && object.has("properties")
                && object.path("type").asText().equals("object")
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(FlinkDeploymentSchema::makeStrict);
    }
}
