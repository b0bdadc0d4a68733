/** How Flink is told about records whose bytes are our own: in state, and between subtasks. */
@NullMarked
package io.logitstream.operator.types;

import org.jspecify.annotations.NullMarked;
