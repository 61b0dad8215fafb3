package io.compressor.recipe;

/**
 * One pass over the sites that match.
 *
 * @param pass its name in {@link PassCatalog}
 */
public record Step(String pass, Match match, PassOptions options) {}
