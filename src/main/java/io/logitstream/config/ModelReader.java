package io.logitstream.config;

import io.logitstream.kernel.ClassClusters;
import io.logitstream.kernel.ClassTree;
import io.logitstream.kernel.RowLoss;
import io.logitstream.record.CompareSpec;
import io.logitstream.record.DriftReference;
import io.logitstream.record.ModelLoss;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.ScoresAre;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a model of its section, after checking what one key alone can't show. */
final class ModelReader {

    private final ModelContext context;
    private final Path beside;
    private final Faults faults;

    /**
     * Creates a reader.
     *
     * @param context the job that the models are part of
     * @param beside what paths are beside
     */
    ModelReader(ModelContext context, Path beside, Faults faults) {
        this.context = context;
        this.beside = beside;
        this.faults = faults;
    }

    /** Returns the model of a section, or null after reporting why there is none. */
    @Nullable ModelSpec read(CheckedSection model) {
        String classes = model.text("classes");
        Integer numClasses = classes == null ? null : Integer.valueOf(classes);
        List<String> classNames =
                model.hasValue("labels")
                        ? ClassNames.read(beside, model, numClasses, faults)
                        : List.of();
        ModelLoss loss = readLoss(model.section("loss"), numClasses);
        for (String key : List.of("name", "scores-are", "temperature", "normalizer", "top-k")) {
            if (model.text(key) == null) {
                return null;
            }
        }
        DriftReference drift = readDrift(model.section("drift"), numClasses);
        boolean fits = new NormalizerChecks(context, faults).check(model);
        CheckedSection section = model.section("tree");
        ClassTree tree =
                section == null ? null : TreeSection.read(beside, section, numClasses, faults);
        CompareSpec compare = CompareSection.read(model, context, faults);
        boolean isAdaptive = CutoffsKey.check(model, faults);
        ClassClusters clusters = isAdaptive ? CutoffsKey.read(model, numClasses, faults) : null;
        if (!fits || (section != null && tree == null) || (isAdaptive && clusters == null)) {
            return null;
        }
        if (classNames == null || numClasses == null || loss == null || drift == null) {
            return null;
        }
        return new ModelSpec(
                model.valueOf("name"),
                numClasses,
                classNames,
                Words.constant(ScoresAre.class, model.valueOf("scores-are")),
                Double.parseDouble(model.valueOf("temperature")),
                Words.constant(Normalizer.class, model.valueOf("normalizer")),
                Integer.parseInt(model.valueOf("top-k")),
                loss,
                drift,
                tree,
                clusters,
                compare);
    }

    private @Nullable ModelLoss readLoss(
            @Nullable CheckedSection loss, @Nullable Integer numClasses) {
        if (loss == null) {
            return ModelLoss.CROSS_ENTROPY;
        }
        double[] weights =
                loss.hasValue("class-weights")
                        ? Weights.read(
                                beside,
                                loss,
                                "class-weights",
                                numClasses,
                                ModelLoss.MAX_CLASS_WEIGHT,
                                faults)
                        : ModelLoss.CROSS_ENTROPY.classWeights();
        String smoothing = loss.text("label-smoothing");
        String gamma = loss.text("focal-gamma");
        String vanished = loss.text("vanished-gradient");
        if (weights == null || smoothing == null || gamma == null || vanished == null) {
            return null;
        }
        // -0 would be another loss than 0; adding 0 changes nothing else.
        double labelSmoothing = Double.parseDouble(smoothing) + 0.0;
        double focalGamma = Double.parseDouble(gamma) + 0.0;
        if (labelSmoothing > 0 && focalGamma > 0) {
            faults.refuse(
                    loss, "focal-gamma", "does not go with label-smoothing", "one of the two");
            return null;
        }
        return new ModelLoss(
                new RowLoss(labelSmoothing, focalGamma),
                weights,
                loss.text("ignore"),
                Double.parseDouble(vanished));
    }

    private @Nullable DriftReference readDrift(
            @Nullable CheckedSection drift, @Nullable Integer numClasses) {
        if (drift == null) {
            return DriftReference.NONE;
        }
        Integer perClass = context.perClass();
        if (!context.hasLosses()) {
            faults.add(drift.place(), drift.path(), "needs a section losses", "");
        } else if (numClasses != null && perClass != null && numClasses > perClass) {
            faults.add(
                    drift.place(),
                    drift.path(),
                    "needs the classes to be counted, but losses.per-class is " + perClass,
                    "losses.per-class of at least " + numClasses);
        }
        boolean hasFile = drift.has("reference");
        if (hasFile == drift.has("first-windows")) {
            faults.add(
                    drift.place(),
                    drift.path(),
                    hasFile ? "has both keys" : "has no reference",
                    "one of reference, first-windows");
            return null;
        }
        String windows = drift.text("first-windows");
        if (windows != null) {
            return new DriftReference(new double[0], Integer.parseInt(windows));
        }
        if (!drift.hasValue("reference")) {
            return null;
        }
        double[] weights =
                Weights.read(beside, drift, "reference", numClasses, Weights.MAX_COUNT, faults);
        if (weights != null && Arrays.stream(weights).allMatch(weight -> weight == 0)) {
            faults.refuse(drift, "reference", "has no share above 0", "at least one");
            return null;
        }
        return weights == null ? null : DriftReference.ofWeights(weights);
    }
}
