package io.logitstream.record;

/**
 * What scores and labels are joined by.
 *
 * @param model the model's name
 * @param id the id of the row
 */
public record LabelKey(String model, String id) {

    /**
     * Spelled out, since it decides where state lives: what a record computes by itself is not
     * specified.
     */
    @Override
    public int hashCode() {
        return 31 * model.hashCode() + id.hashCode();
    }
}
