/**
 * Recipes: what to do to which sites under which budget.
 *
 * <p>Every option is described once, as data ({@link io.compressor.recipe.OptionSpec}); parsing,
 * validation, defaults, the JSON Schema and the printed catalogue all come from that description.
 * Text becomes a tree with a line number at each leaf, overrides are laid over the tree, and only
 * then is it bound to typed records; so each resolved value knows where it came from.
 */
@NullMarked
package io.compressor.recipe;

import org.jspecify.annotations.NullMarked;
