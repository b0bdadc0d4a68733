/**
 * Bytes to records and records to bytes. Formats are chosen by name; a bad record is a value here.
 */
@NullMarked
package io.logitstream.codec;

import org.jspecify.annotations.NullMarked;
