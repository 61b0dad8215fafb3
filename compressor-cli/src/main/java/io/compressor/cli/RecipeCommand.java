package io.compressor.cli;

import picocli.CommandLine.Command;

/** {@code compressor recipe …}: the group; it does nothing by itself. */
@Command(
    name = "recipe",
    description = "Explains recipes and writes starting points.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    subcommands = {RecipeExplainCommand.class, RecipeInitCommand.class})
final class RecipeCommand {}
