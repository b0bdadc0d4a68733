/** How the operators are wired. Takes streams and sinks; never builds a connector. */
@NullMarked
package io.logitstream.topology;

import org.jspecify.annotations.NullMarked;
