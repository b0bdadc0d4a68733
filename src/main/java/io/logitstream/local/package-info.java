/**
 * A real Kafka broker and a real Flink mini-cluster in this process, for the demo and the tests.
 */
@NullMarked
package io.logitstream.local;

import org.jspecify.annotations.NullMarked;
