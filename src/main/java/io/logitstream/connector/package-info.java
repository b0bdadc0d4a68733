/** Kafka sources, sinks and start-up checks. */
@NullMarked
package io.logitstream.connector;

import org.jspecify.annotations.NullMarked;
