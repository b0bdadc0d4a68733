package io.logitstream.record;

import io.logitstream.kernel.ClassClusters;
import io.logitstream.kernel.ClassTree;
import io.logitstream.kernel.RowState;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the job knows of a model.
 *
 * @param name the name records refer to it by
 * @param numClasses K, at least 1
 * @param classNames the K class names in index order, distinct; empty if the model has none
 * @param scoresAre what the scores are
 * @param temperature divides the scores before the softmax; {@link RowState#MIN_TEMPERATURE} to
 *     {@link RowState#MAX_TEMPERATURE}
 * @param normalizer what turns the scores into a distribution
 * @param topK how many classes a prediction names, 1 to 128
 * @param loss how labelled rows count in the loss
 * @param drift what the predictions of a window are compared with
 * @param tree of the classes, for {@link Normalizer#HIERARCHICAL}; else null
 * @param clusters of the classes, for {@link Normalizer#ADAPTIVE}; else null
 * @param compare which of its rows are compared under other distributions, or null for none
 * @param version which of the model's versions it is, at least 1; 0 for that of the job file
 * @param temperatureVersion which of the fitted temperatures it has, at least 1; 0 for its own
 * @param specifiedTemperature its own, whatever it has
 */
public record ModelSpec(
        String name,
        int numClasses,
        List<String> classNames,
        ScoresAre scoresAre,
        double temperature,
        Normalizer normalizer,
        int topK,
        ModelLoss loss,
        DriftReference drift,
        @Nullable ClassTree tree,
        @Nullable ClassClusters clusters,
        @Nullable CompareSpec compare,
        long version,
        long temperatureVersion,
        double specifiedTemperature)
        implements Serializable {

    public ModelSpec {
        if (numClasses < 1) {
            throw new IllegalArgumentException("numClasses must be at least 1, not " + numClasses);
        }
        if (!classNames.isEmpty() && classNames.size() != numClasses) {
            throw new IllegalArgumentException(
                    "model "
                            + name
                            + " has "
                            + numClasses
                            + " classes, but "
                            + classNames.size()
                            + " class names");
        }
        if (!(temperature >= RowState.MIN_TEMPERATURE && temperature <= RowState.MAX_TEMPERATURE)) {
            throw new IllegalArgumentException(
                    "temperature must be from %s to %s, not %s"
                            .formatted(
                                    RowState.MIN_TEMPERATURE,
                                    RowState.MAX_TEMPERATURE,
                                    temperature));
        }
        if (topK < 1 || topK > 128) {
            throw new IllegalArgumentException("topK must be 1 to 128, not " + topK);
        }
        if (loss.classWeights().length > 0 && loss.classWeights().length != numClasses) {
            throw new IllegalArgumentException(
                    "model %s has %d classes, but %d class weights"
                            .formatted(name, numClasses, loss.classWeights().length));
        }
        if (drift.hasShares() && drift.shares().length != numClasses) {
            throw new IllegalArgumentException(
                    "model %s has %d classes, but %d shares to compare predictions with"
                            .formatted(name, numClasses, drift.shares().length));
        }
        if ((tree != null) != (normalizer == Normalizer.HIERARCHICAL)
                || (tree != null && tree.numClasses() != numClasses)) {
            throw new IllegalArgumentException(
                    "model %s: a hierarchical softmax, and nothing else, has a tree of its classes"
                            .formatted(name));
        }
        if (normalizer == Normalizer.SIGMOID && !(loss.isCrossEntropy() && loss.ignore() == null)) {
            throw new IllegalArgumentException(
                    "model %s: a sigmoid goes with no loss but its own".formatted(name));
        }
        if ((clusters != null) != (normalizer == Normalizer.ADAPTIVE)
                || (clusters != null && clusters.numClasses() != numClasses)) {
            throw new IllegalArgumentException(
                    "model %s: an adaptive softmax, and nothing else, has clusters of its classes"
                            .formatted(name));
        }
        if (version < 0 || temperatureVersion < 0) {
            throw new IllegalArgumentException(
                    "model %s: versions must be at least 0, not %d and %d"
                            .formatted(name, version, temperatureVersion));
        }
        classNames = List.copyOf(classNames);
    }

    /**
     * Returns how many scores a whole row has: one for each class, or for each inner node, or for
     * each class and tail.
     */
    public int numScores() {
        if (clusters != null) {
            return clusters.numScores();
        }
        return tree == null ? numClasses : numClasses - 1;
    }

    /** Creates a model of the job file. */
    public ModelSpec(
            String name,
            int numClasses,
            List<String> classNames,
            ScoresAre scoresAre,
            double temperature,
            Normalizer normalizer,
            int topK,
            ModelLoss loss,
            DriftReference drift,
            @Nullable ClassTree tree,
            @Nullable ClassClusters clusters,
            @Nullable CompareSpec compare) {
        this(
                name,
                numClasses,
                classNames,
                scoresAre,
                temperature,
                normalizer,
                topK,
                loss,
                drift,
                tree,
                clusters,
                compare,
                0,
                0,
                temperature);
    }

    /** Returns this as another of its versions. */
    public ModelSpec withVersion(long otherVersion) {
        return with(temperature, otherVersion, temperatureVersion);
    }

    /** Returns this with a fitted temperature, or with its own again. */
    public ModelSpec withTemperature(double otherTemperature, long otherTemperatureVersion) {
        return with(otherTemperature, version, otherTemperatureVersion);
    }

    private ModelSpec with(
            double otherTemperature, long otherVersion, long otherTemperatureVersion) {
        return new ModelSpec(
                name,
                numClasses,
                classNames,
                scoresAre,
                otherTemperature,
                normalizer,
                topK,
                loss,
                drift,
                tree,
                clusters,
                compare,
                otherVersion,
                otherTemperatureVersion,
                specifiedTemperature);
    }

    /** Returns whether the other has the same classes, by number and by name. */
    public boolean hasClassesOf(ModelSpec other) {
        return numClasses == other.numClasses && classNames.equals(other.classNames);
    }

    /** Returns whether its labels count as the other's do. */
    public boolean hasLossOf(ModelSpec other) {
        return loss.countsAs(other.loss) && normalizer.hasLossOf(other.normalizer);
    }

    /** Creates a model with a score for each class. */
    public ModelSpec(
            String name,
            int numClasses,
            List<String> classNames,
            ScoresAre scoresAre,
            double temperature,
            Normalizer normalizer,
            int topK,
            ModelLoss loss,
            DriftReference drift) {
        this(
                name,
                numClasses,
                classNames,
                scoresAre,
                temperature,
                normalizer,
                topK,
                loss,
                drift,
                null,
                null,
                null,
                0,
                0,
                temperature);
    }

    /** Returns the name of a class, or its index in digits if it has none. */
    public String nameOf(int classIndex) {
        return classNames.isEmpty() ? Integer.toString(classIndex) : classNames.get(classIndex);
    }

    /** Creates a model whose loss is the cross-entropy and whose predictions are not compared. */
    public ModelSpec(
            String name,
            int numClasses,
            List<String> classNames,
            ScoresAre scoresAre,
            double temperature,
            Normalizer normalizer,
            int topK) {
        this(
                name,
                numClasses,
                classNames,
                scoresAre,
                temperature,
                normalizer,
                topK,
                ModelLoss.CROSS_ENTROPY,
                DriftReference.NONE);
    }
}
