package io.compressor.recipe;

/**
 * One value of a resolved recipe.
 *
 * @param path where it sits: {@code steps[0].with.bits}
 */
public record ResolvedValue(String path, OptionValue value, Origin origin) {}
