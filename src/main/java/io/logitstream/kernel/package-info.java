/**
 * Pure arithmetic: the row state of one softmax row, the kernels that reduce rows to it, exact
 * sums, calibration bins. Sees nothing but the JDK.
 *
 * <h2>The order of operations (normative)</h2>
 *
 * Two kernels that follow this page return the same bits, whatever their vector width. All
 * operations are IEEE 754, round to nearest even; {@code fma} is a fused multiply-add; float32
 * unless float64 is said. T is the temperature.
 *
 * <ol>
 *   <li><b>Blocks.</b> A row {@code x[0..K)} is cut into blocks of {@value
 *       io.logitstream.kernel.RowKernel#BLOCK} scores, the last one shorter. Blocks are reduced in
 *       order and merged into the row state in order (step 7).
 *   <li><b>Lanes.</b> Element {@code i} of a block belongs to lane {@code i mod} {@value
 *       io.logitstream.kernel.LaneLoops#LANES}. Each lane has its own accumulators and sees its
 *       elements in order.
 *   <li><b>Reference.</b> {@code M} is the block's largest score, of which +0 is above -0. A block
 *       with no score above -infinity adds only its counts. A block with NaN or +infinity marks the
 *       state invalid; nothing else of it is defined then. If {@code |M| > 1024 T} (float64), the
 *       block is far: every {@code x} becomes {@code x - A} with {@code A = M}, and {@code M' = 0}.
 *       Otherwise {@code A = 0} and {@code M' = M}.
 *   <li><b>Terms.</b> {@code c = (float) C} and {@code cLow = (float) (C - c)} with {@code C =
 *       0x1.71547652b82fep+0 / T} in float64, and {@code R = 1.5 * 2^23}. The block's exponent is
 *       {@code N = fma(M', c, R) - R}, less 1 if that is odd. Scores below {@code (float) (M' - 80
 *       T)} are taken as that. For each: {@code y = fma(x, c, R - N)}, {@code n - N = y - R},
 *       {@code f = fma(x, c, (R - N) - y)}, {@code f = fma(x, cLow, f)}, {@code p} is the
 *       polynomial with coefficients {@code c6 .. c1, 1} in {@code f} by Horner with fma, and the
 *       term {@code e = p * 2^(n - N)}. {@code c6 = 0x1.416b52p-13}, {@code c5 = 0x1.5f082ep-10},
 *       {@code c4 = 0x1.3b2dep-7}, {@code c3 = 0x1.c6af7cp-5}, {@code c2 = 0x1.ebfbdcp-3}, {@code
 *       c1 = 0x1.62e43p-1}.
 *   <li><b>Lane sums.</b> S takes two terms of a lane at a time, {@code i} and {@code i + 16} for
 *       even multiples of 16, a missing one being 0: {@code pair = e + e2}, {@code t = s + pair},
 *       {@code c = c + (pair - (t - s))}, {@code s = t}, from {@code s = 8} and {@code c = 0}; the
 *       lane's sum is, in float64, {@code (s - 8) + c}. The others take one term at a time from 0:
 *       with {@code d = x - M'}, 0 for a score not above {@code (float) (M' - 80 T)}, {@code de = d
 *       * e}, {@code T1 = T1 + de}, {@code U = fma(de, d, U)}, {@code Q = fma(e, e, Q)}, {@code W =
 *       fma(e, e(M) - e, W)}; and {@code G = G + (x - M)} with x as it was given, 0 for a masked
 *       class.
 *   <li><b>Lanes to block.</b> The sixteen lanes are added in float64 as a tree: {@code a[i] += a[i
 *       + 8]}, then 4, 2, 1.
 *   <li><b>Block to row</b>, in float64. The row's reference is the M of the largest score so far,
 *       with its A and N. If a block's M is above it, the row's sums are carried to M, which
 *       becomes the row's reference; the block's sums, carried to the row's reference, are added to
 *       the row's. A row that has no reference yet has sums of zero and takes M. {@link
 *       io.logitstream.kernel.RowState#mergeWith} adds one row to another in the same way.
 *   <li><b>Carrying</b> sums from reference 1 to reference 2, in float64, each line from left to
 *       right: {@code d = M1 - M2}; {@code f = 2^(N1 - N2)} if {@code A1 = A2}, else {@code f =
 *       StrictMath.exp((A1 - A2) / T + (N1 - N2) * ln 2)}; {@code U = f * (U + 2 * d * T1 + d * d *
 *       S)}, {@code T1 = f * (T1 + d * S)}, {@code S = f * S}, {@code Q = f * f * Q}, {@code W = f
 *       * f * W + (e(M2) - f * e(M1)) * S} with the S just formed, {@code G = G + d * (classes not
 *       masked)}.
 *   <li><b>Probabilities.</b> {@code p(x) = e * (float) (1 / S)}, with e taken at the row's
 *       reference and the quotient in float64; 0 if that is below 2^-115. Terms taken at another N
 *       differ by a power of two only, so they need not be computed again. Log-probabilities are
 *       {@code fma(x - M, (float) (1 / T), -(float) ln s)}.
 *   <li><b>Figures</b>, in float64 with {@link java.lang.StrictMath}. {@code s = S / e(M)}, {@code
 *       z = (x - M) / T} for the label's score {@code x}: log-sum-exp {@code M / T + ln s},
 *       confidence {@code pMax = 1 / s}, entropy {@code max(0, ln s - T1 / S / T)}, scatter {@code
 *       W / (S * S)}, sum of squares {@code pMax - scatter} if pMax is above 1/2, else {@code Q /
 *       (S * S)}, score variance {@code max(0, U / S / T / T - (T1 / S / T)^2)}, cross-entropy
 *       {@code ln s - z}, its mean over the classes not masked {@code ln s - G / classes / T},
 *       Brier score with {@code p = exp(z) / s}: {@code max(0, (pMax - p) + (1 - p) - scatter)} if
 *       pMax is above 1/2, else {@code max(0, sumOfSquares - 2 * p + 1)}.
 *   <li><b>Top-k</b> compares raw scores, so that the temperature cannot create a tie; equal scores
 *       rank by lower class. It is exact, and kernels may find it as they like.
 * </ol>
 *
 * <p>Nothing here calls {@code Math.exp}, {@code Math.log} or {@code Math.pow}: their last bit may
 * differ between machines.
 */
@NullMarked
package io.logitstream.kernel;

import org.jspecify.annotations.NullMarked;
