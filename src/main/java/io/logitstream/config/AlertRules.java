package io.logitstream.config;

import io.logitstream.record.AggregateFigure;
import io.logitstream.record.AlertRule;
import io.logitstream.record.ModelCard;
import io.logitstream.record.ModelSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the rules of alerts, and checks what one key alone can't show. */
final class AlertRules {

    private final CheckedSection root;
    private final List<ModelSpec> readModels;
    private final Faults faults;

    /**
     * Creates a reader.
     *
     * @param readModels the models that could be made
     */
    AlertRules(CheckedSection root, List<ModelSpec> readModels, Faults faults) {
        this.root = root;
        this.readModels = readModels;
        this.faults = faults;
    }

    /** Returns the rules that can be made; all of them if there are no faults. */
    List<AlertRule> read() {
        CheckedSection alerts = root.section("alerts");
        List<AlertRule> rules = new ArrayList<>();
        if (alerts == null) {
            return rules;
        }
        Map<String, String> pathOfName = new HashMap<>();
        for (CheckedSection rule : alerts.items("rules")) {
            String name = rule.text("name");
            String first = name == null ? null : pathOfName.putIfAbsent(name, rule.pathOf("name"));
            if (first != null) {
                faults.refuse(rule, "name", "is also " + first, "a name of its own");
            }
            checkModel(rule);
            AlertRule read = read(rule);
            if (read != null) {
                checkFigure(rule, read);
                checkRange(rule, read);
                rules.add(read);
            }
        }
        return rules;
    }

    private void checkModel(CheckedSection rule) {
        List<String> models =
                root.items("models").stream()
                        .map(model -> model.text("name"))
                        .filter(Objects::nonNull)
                        .toList();
        String model = rule.text("model");
        // With control a model may come later.
        boolean isFinal = root.section("control") == null;
        if (model != null && isFinal && !models.contains(model)) {
            faults.refuse(rule, "model", "is none of the models", String.join(", ", models));
        }
    }

    private void checkFigure(CheckedSection rule, AlertRule read) {
        if (read.figure() == AggregateFigure.COVERAGE && root.section("labels") == null) {
            faults.refuse(
                    rule,
                    "figure",
                    "is there only with labels of their own",
                    "another figure, or a section labels");
        }
        List<ModelSpec> watched =
                readModels.stream()
                        .filter(each -> read.model() == null || read.model().equals(each.name()))
                        .toList();
        // With control a model or a version that has it may come later.
        if (root.section("control") != null
                || watched.stream()
                        .anyMatch(each -> read.figure().whyNone(ModelCard.of(each)) == null)) {
            return;
        }
        for (ModelSpec model : watched) {
            String why = read.figure().whyNone(ModelCard.of(model));
            faults.refuse(
                    rule,
                    "figure",
                    "is not there for model " + model.name() + ", which has " + why,
                    "another figure");
        }
    }

    /** Refuses thresholds beyond what the figure can be, as a percentage is for a share. */
    private void checkRange(CheckedSection rule, AlertRule read) {
        double low = read.figure().lowest();
        double high = read.figure().highest();
        String range = "the figure is between %s and %s".formatted(low, high);
        String threshold = read.isAbove() ? "above" : "below";
        if (read.isAbove() ? read.enter() >= high : read.enter() <= low) {
            faults.refuse(rule, threshold, "can never be passed", range);
        } else if (read.isAbove() ? read.leave() < low : read.leave() > high) {
            String leave = rule.has("leave") ? "leave" : threshold;
            faults.refuse(rule, leave, "is never reached: the alert would not end", range);
        }
    }

    private @Nullable AlertRule read(CheckedSection rule) {
        boolean isAbove = rule.has("above");
        if (isAbove == rule.has("below")) {
            faults.add(
                    rule.place(),
                    rule.path(),
                    isAbove ? "has two thresholds" : "has no threshold",
                    "one of above, below");
            return null;
        }
        String threshold = rule.text(isAbove ? "above" : "below");
        if (threshold == null) {
            return null;
        }
        double enter = Double.parseDouble(threshold);
        String back = rule.text("leave");
        double leave = back == null ? enter : Double.parseDouble(back);
        if (isAbove ? leave > enter : leave < enter) {
            faults.refuse(
                    rule,
                    "leave",
                    "is worse than the threshold, so that the alert would end as it starts",
                    (isAbove ? "at most " : "at least ") + enter);
        }
        for (String key : List.of("name", "segment", "figure", "windows")) {
            if (rule.text(key) == null) {
                return null;
            }
        }
        return new AlertRule(
                rule.valueOf("name"),
                rule.text("model"),
                rule.valueOf("segment"),
                Objects.requireNonNull(AggregateFigure.at(rule.valueOf("figure"))),
                isAbove,
                enter,
                leave,
                Integer.parseInt(rule.valueOf("windows")));
    }
}
