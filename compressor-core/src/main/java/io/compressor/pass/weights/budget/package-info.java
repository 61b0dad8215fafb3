/** How passes that choose among options spend a budget of bytes or time on the model as written. */
@NullMarked
package io.compressor.pass.weights.budget;

import org.jspecify.annotations.NullMarked;
