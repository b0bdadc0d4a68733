/** Pure arithmetic of a softmax row and of exact sums. Sees nothing but the JDK. */
@NullMarked
package io.logitstream.kernel;

import org.jspecify.annotations.NullMarked;
