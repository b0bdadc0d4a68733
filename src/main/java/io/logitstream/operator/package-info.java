/** Flink functions and operators, and the Flink-free decisions they delegate to. */
@NullMarked
package io.logitstream.operator;

import org.jspecify.annotations.NullMarked;
