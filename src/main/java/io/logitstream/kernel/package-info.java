/**
 * Pure arithmetic: the row state of one softmax row, exact sums, calibration bins. Sees nothing but
 * the JDK.
 *
 * <h2>The order of operations (normative)</h2>
 *
 * Two kernels that follow this page return the same bits, whatever their vector width. All
 * operations are IEEE 754, round to nearest even; {@code fma} is a fused multiply-add; float32
 * unless float64 is said.
 *
 * <ol>
 *   <li><b>Blocks.</b> A row {@code x[0..K)} is cut into blocks of {@value
 *       io.logitstream.kernel.RowKernel#BLOCK} scores, the last one shorter. Blocks are reduced in
 *       order and merged into the row state in order (step 6).
 *   <li><b>Lanes.</b> Element {@code i} of a block belongs to lane {@code i mod} {@value
 *       io.logitstream.kernel.RowKernel#LANES}. Each lane has its own accumulators and sees its
 *       elements in order. A last group shorter than the lanes behaves as if filled with -infinity.
 *   <li><b>Reference.</b> {@code M} is the block's largest score. A block with no score above
 *       -infinity adds only its counts. A block with NaN or +infinity marks the state invalid;
 *       nothing else of it is defined then.
 *   <li><b>Terms.</b> With {@code b = (float) (1 / temperature)}: {@code d = max((x - M) * b,
 *       -128)}, {@code e = exp32(d)}. Then per lane {@code S = S + e}, {@code de = d * e}, {@code T
 *       = T + de}, {@code U = fma(d, de, U)}, {@code Q = fma(e, e, Q)}.
 *   <li><b>exp32.</b> For {@code d < -80} the result is +0. Otherwise {@code n = rint(d * log2e)},
 *       {@code r = fma(n, -ln2Hi, d)}, {@code r = fma(n, -ln2Lo, r)}, {@code p} is the degree-6
 *       polynomial of {@link io.logitstream.kernel.Exp} in {@code r} by Horner with fma, the result
 *       {@code p * 2^n}.
 *   <li><b>Lanes to block, block to row.</b> The 16 accumulators are converted to float64 and added
 *       as a tree: {@code a[i] += a[i + 8]}, then 4, 2, 1. The block's state ({@code m = M /
 *       temperature} in float64) is merged into the row's as {@link
 *       io.logitstream.kernel.RowState#mergeWith} says, in float64 with {@link
 *       java.lang.StrictMath}.
 *   <li><b>Probabilities.</b> {@code p(x) = (float) (exp32((x - M) * b) * (1 / S))} with the row's
 *       {@code M} and {@code S}, product and quotient in float64.
 *   <li><b>Top-k</b> compares raw scores, so that the temperature cannot create a tie; equal scores
 *       rank by lower class.
 * </ol>
 *
 * <p>Nothing here calls {@code Math.exp}, {@code Math.log} or {@code Math.pow}: their last bit may
 * differ between machines.
 */
@NullMarked
package io.logitstream.kernel;

import org.jspecify.annotations.NullMarked;
