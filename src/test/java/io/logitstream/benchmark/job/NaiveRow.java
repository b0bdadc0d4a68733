package io.logitstream.benchmark.job;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import org.jspecify.annotations.Nullable;

/** A row as a POJO, for Jackson and for Flink. */
@JsonIgnoreProperties(ignoreUnknown = true)
public final class NaiveRow {
    public String id = "";
    public @Nullable Integer label;
    public float @Nullable [] scores;
}
