/** What flows through the job. Plain values; sees the kernel, never Flink or Kafka. */
@NullMarked
package io.logitstream.record;

import org.jspecify.annotations.NullMarked;
