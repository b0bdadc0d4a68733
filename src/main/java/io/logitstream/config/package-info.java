/** The job file: parsed once, all faults reported together, then immutable. */
@NullMarked
package io.logitstream.config;

import org.jspecify.annotations.NullMarked;
