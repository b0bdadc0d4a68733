package io.logitstream.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import io.logitstream.record.ClassCounts;
import io.logitstream.record.Confusions;
import io.logitstream.record.LossState;
import io.logitstream.record.ModelCard;
import io.logitstream.record.Normalizer;
import java.io.IOException;

/**
 * The part of a loss aggregate's JSON that is about single classes. Of a sigmoid, whose rows have
 * sets of true classes, it is only how often each class was predicted.
 */
final class ClassFigures {

    private static final int CONFUSIONS = 10;

    private ClassFigures() {}

    static void write(JsonGenerator json, LossState state, ModelCard model) throws IOException {
        ClassCounts classes = state.classes();
        if (classes.numClasses() > 0) {
            json.writeObjectFieldStart("classes");
            if (isJudged(model) && state.labelled() > 0) {
                writeMeans(json, classes);
            }
            json.writeArrayFieldStart("counts");
            for (int i = 0; i < classes.numClasses(); i++) {
                if (classes.predicted(i) + classes.labelled(i) > 0) {
                    writeCounts(json, classes, i, model);
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        if (isJudged(model) && state.labelled() > 0) {
            writeConfusions(json, state.confusions(), model);
        }
    }

    private static boolean isJudged(ModelCard model) {
        return model.normalizer() != Normalizer.SIGMOID;
    }

    private static void writeMeans(JsonGenerator json, ClassCounts classes) throws IOException {
        json.writeObjectFieldStart("macro");
        JsonLossAggregateEncoder.writeNumber(json, "precision", classes.macroPrecision());
        JsonLossAggregateEncoder.writeNumber(json, "recall", classes.macroRecall());
        JsonLossAggregateEncoder.writeNumber(json, "f1", classes.macroF1());
        json.writeEndObject();
        json.writeObjectFieldStart("micro");
        JsonLossAggregateEncoder.writeNumber(json, "f1", classes.microF1());
        json.writeEndObject();
    }

    private static void writeCounts(
            JsonGenerator json, ClassCounts classes, int classIndex, ModelCard model)
            throws IOException {
        json.writeStartObject();
        writeClass(json, "class", "label", classIndex, model);
        json.writeNumberField("predicted", classes.predicted(classIndex));
        if (isJudged(model)) {
            json.writeNumberField("true", classes.labelled(classIndex));
            json.writeNumberField("correct", classes.correct(classIndex));
            JsonLossAggregateEncoder.writeNumber(json, "precision", classes.precision(classIndex));
            JsonLossAggregateEncoder.writeNumber(json, "recall", classes.recall(classIndex));
            JsonLossAggregateEncoder.writeNumber(json, "f1", classes.f1(classIndex));
        }
        json.writeEndObject();
    }

    private static void writeConfusions(JsonGenerator json, Confusions confusions, ModelCard model)
            throws IOException {
        json.writeObjectFieldStart("confusions");
        json.writeNumberField("maxError", confusions.maxError());
        json.writeArrayFieldStart("pairs");
        for (Confusions.Pair pair : confusions.mostFrequent(CONFUSIONS)) {
            json.writeStartObject();
            writeClass(json, "true", "trueLabel", pair.trueClass(), model);
            writeClass(json, "predicted", "predictedLabel", pair.predictedClass(), model);
            json.writeNumberField("count", pair.count());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeClass(
            JsonGenerator json, String indexField, String nameField, int classIndex, ModelCard of)
            throws IOException {
        json.writeNumberField(indexField, classIndex);
        if (classIndex < of.classNames().size()) {
            json.writeStringField(nameField, of.classNames().get(classIndex));
        }
    }
}
