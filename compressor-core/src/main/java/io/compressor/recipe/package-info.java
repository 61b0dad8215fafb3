/** Recipes: what to do to which sites under which budget; parsing, defaults, presets, schema. */
@NullMarked
package io.compressor.recipe;

import org.jspecify.annotations.NullMarked;
