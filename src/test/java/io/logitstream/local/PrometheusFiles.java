package io.logitstream.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;

/** The dashboard and the alert rules that are shipped, and what they ask for. */
public final class PrometheusFiles {

    public static final Path DIRECTORY = Path.of("config/prometheus");

    private static final Path DASHBOARD = Path.of("config/grafana/logitstream.json");
    private static final Pattern NAME = Pattern.compile("\\bflink_[a-zA-Z0-9_]+");

    private static final ObjectMapper JSON = new ObjectMapper();

    private PrometheusFiles() {}

    /** Returns the queries of all panels. */
    public static List<String> dashboardQueries() throws IOException {
        List<String> queries = new ArrayList<>();
        for (JsonNode target : dashboard().findValue("panels").findParents("expr")) {
            queries.add(target.get("expr").asText());
        }
        return queries;
    }

    /** Returns the query that lists the jobs to choose from. */
    public static String jobsQuery() throws IOException {
        return dashboard().at("/templating/list/1/query/query").asText();
    }

    private static JsonNode dashboard() throws IOException {
        return JSON.readTree(DASHBOARD.toFile());
    }

    /** Returns all alert rules. */
    public static List<JsonNode> alertRules() throws IOException {
        Object yaml = new Yaml().load(Files.readString(DIRECTORY.resolve("alerts.yml")));
        return JSON.<JsonNode>valueToTree(yaml).findParents("alert");
    }

    /** Returns the expressions of all alert rules. */
    public static List<String> alertQueries() throws IOException {
        return alertRules().stream().map(rule -> rule.get("expr").asText()).toList();
    }

    /** Returns the metrics of queries that nobody has. */
    public static Set<String> unknownMetrics(Collection<String> queries, Set<String> known) {
        Set<String> unknown = new TreeSet<>();
        for (String query : queries) {
            Matcher name = NAME.matcher(query);
            while (name.find()) {
                unknown.add(name.group());
            }
        }
        unknown.removeAll(known);
        return unknown;
    }
}
