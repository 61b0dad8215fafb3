/** Carries a model from one version of the standard operator set to a later one, exactly. */
@NullMarked
package io.compressor.graph.opset;

import org.jspecify.annotations.NullMarked;
