/**
 * {@code bench job}: whole jobs between real topics, side by side.
 *
 * <p>{@code JobBench} drives; the broker and each job are processes of their own ({@code
 * ChildProcess}, {@code BenchBroker}, {@code JobProcess}). What runs in them is in {@code OurJob},
 * {@code ByteCopyJob}, {@code NaiveJob} and {@code StreamsRunner}.
 */
@NullMarked
package io.logitstream.benchmark.job;

import org.jspecify.annotations.NullMarked;
