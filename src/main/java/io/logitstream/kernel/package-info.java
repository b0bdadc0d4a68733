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
 *       {@code r = fma(n, -ln2Hi, d)}, {@code r = fma(n, -ln2Lo, r)}, {@code p} is the polynomial
 *       with coefficients {@code c6 .. c2, 1, 1} in {@code r} by Horner with fma, the result {@code
 *       p * 2^n}. {@code log2e = 0x1.715476p+0}, {@code ln2Hi = 0x1.62p-1}, {@code ln2Lo =
 *       0x1.c85fep-10}, {@code c6 = 0x1.6ac74cp-10}, {@code c5 = 0x1.123dep-7}, {@code c4 =
 *       0x1.555858p-5}, {@code c3 = 0x1.55548cp-3}, {@code c2 = 0x1.fffffcp-2}.
 *   <li><b>Lanes to block, block to row.</b> The 16 accumulators are converted to float64 and added
 *       as a tree: {@code a[i] += a[i + 8]}, then 4, 2, 1. Then, in float64, if {@code M} is above
 *       the row's reference (the largest score of the blocks so far), the row's sums are carried to
 *       {@code M}, which becomes the row's reference; the block's sums, carried to the row's
 *       reference, are added to the row's. A row that has no reference yet has sums of zero and
 *       takes {@code M}. {@link io.logitstream.kernel.RowState#mergeWith} adds one row to another
 *       in the same way.
 *   <li><b>Carrying</b> sums from reference {@code A} to {@code B}, in float64, each line from left
 *       to right: {@code d = (A - B) / temperature}, {@code f = StrictMath.exp(d)}, {@code U = f *
 *       (U + 2 * d * T + d * d * S)}, {@code T = f * (T + d * S)}, {@code S = f * S}, {@code Q = f
 *       * f * Q}.
 *   <li><b>Probabilities.</b> {@code p(x) = (float) (exp32((x - M) * b) * (1 / S))} with the row's
 *       reference {@code M} and its {@code S}, product and quotient in float64.
 *   <li><b>Figures</b>, in float64 with {@link java.lang.StrictMath}; {@code M} is the row's
 *       reference, {@code z = (x - M) / temperature} for the label's score {@code x}: log-sum-exp
 *       {@code M / temperature + ln S}, confidence {@code 1 / S}, entropy {@code max(0, ln S - T /
 *       S)}, sum of squares {@code Q / (S * S)}, score variance {@code max(0, U / S - (T / S) * (T
 *       / S))}, cross-entropy {@code ln S - z}, Brier score {@code max(0, sumOfSquares - 2 *
 *       (exp(z) / S) + 1)}.
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
