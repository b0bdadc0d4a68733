package io.logitstream.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitstream.record.ModelDirectory;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.RawRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the models of a job. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the models of the job file and of the control topic, the last version of each; version 0 is the job file's.",
            "The temperature is the specification's own, whatever live calibration has made of it.",
            "A record that the job refuses is listed as invalid, and stderr says why."
        },
        footer = {
            "",
            "Example:",
            "  logitstream models list --job jobs/text-classification.yaml --set control.topic=models"
        })
final class ListModels implements Callable<Integer> {

    private static final List<String> COLUMNS =
            List.of("model", "version", "state", "classes", "normalizer", "temperature", "topK");

    private final ObjectMapper json = new ObjectMapper();

    @Mixin private JobOptions options;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean asJson;

    @Override
    public Integer call() throws Exception {
        ControlledJob job = ControlledJob.toRead(options.read());
        List<ObjectNode> rows = new ArrayList<>();
        for (ModelDirectory.Standing standing : job.models().all()) {
            rows.add(row(standing));
        }
        for (ControlledJob.Refused refused : job.refused()) {
            rows.add(row(refused));
        }
        print(rows);
        for (ControlledJob.Refused refused : job.refused()) {
            System.err.println(refused.record().coordinates() + ": " + refused.fault().detail());
        }
        return 0;
    }

    private ObjectNode row(ModelDirectory.Standing standing) {
        ObjectNode row = json.createObjectNode();
        row.put("model", standing.name());
        row.put("version", standing.version());
        row.put("state", standing.isRetired() ? "retired" : "active");
        ModelSpec spec = standing.spec();
        if (spec != null) {
            row.put("classes", spec.numClasses());
            row.put("normalizer", spec.normalizer().code());
            row.put("temperature", spec.temperature());
            row.put("topK", spec.topK());
        }
        return row;
    }

    private ObjectNode row(ControlledJob.Refused refused) {
        RawRecord record = refused.record();
        ObjectNode row = json.createObjectNode();
        if (record.key() != null) {
            row.put("model", new String(record.key(), StandardCharsets.UTF_8));
        }
        row.put("state", "invalid");
        row.put("partition", record.partition());
        row.put("offset", record.offset());
        row.put("detail", refused.fault().detail());
        return row;
    }

    private void print(List<ObjectNode> rows) throws JsonProcessingException {
        if (asJson) {
            for (ObjectNode row : rows) {
                System.out.println(json.writeValueAsString(row));
            }
            return;
        }
        List<List<String>> lines = new ArrayList<>();
        lines.add(COLUMNS);
        for (ObjectNode row : rows) {
            lines.add(COLUMNS.stream().map(column -> row.path(column).asText("-")).toList());
        }
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < COLUMNS.size(); i++) {
                int column = i;
                int width = lines.stream().mapToInt(l -> l.get(column).length()).max().orElse(0);
                text.append("%-".concat(width + 2 + "s").formatted(line.get(i)));
            }
            System.out.println(text.toString().stripTrailing());
        }
    }
}
