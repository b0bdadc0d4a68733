/**
 * A real Kafka broker and a real Flink mini-cluster in this process, for the demo and the tests;
 * and a cluster of which each part is a process of its own.
 */
@NullMarked
package io.logitstream.local;

import org.jspecify.annotations.NullMarked;
