/** The commands, and {@code main}. */
@NullMarked
package io.logitstream.cli;

import org.jspecify.annotations.NullMarked;
