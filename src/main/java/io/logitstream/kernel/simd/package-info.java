/**
 * The loops of the kernel with vectors. The only package that sees {@code jdk.incubator.vector};
 * loaded by name, by {@link io.logitstream.kernel.RowKernels} alone, because without that module it
 * does not exist.
 */
@NullMarked
package io.logitstream.kernel.simd;

import org.jspecify.annotations.NullMarked;
