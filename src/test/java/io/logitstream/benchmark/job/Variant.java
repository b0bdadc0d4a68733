package io.logitstream.benchmark.job;

/** A way to get from scores to predictions. */
enum Variant {
    /** The job of logitstream. */
    OURS("ours"),
    /** A Flink job that reads the same records and writes 120 bytes for each: the floor. */
    BYTE_COPY("byte-copy"),
    /** What one writes by hand: POJOs, {@code Math.exp}, a full sort, Jackson. */
    NAIVE("naive"),
    /** Kafka Streams with our decoder, kernel and encoder. */
    KAFKA_STREAMS("kafka-streams");

    final String word;

    Variant(String word) {
        this.word = word;
    }
}
