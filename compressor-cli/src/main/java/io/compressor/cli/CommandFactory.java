package io.compressor.cli;

import java.lang.reflect.Constructor;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes commands; those of ours are told about the terminals. */
final class CommandFactory implements IFactory {
  private final Terminals terminals;

  CommandFactory(Terminals terminals) {
    this.terminals = terminals;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (!ToolCommand.class.isAssignableFrom(type)) {
      return CommandLine.defaultFactory().create(type);
    }
    Constructor<K> constructor = type.getDeclaredConstructor();
    K command = constructor.newInstance();
    ((ToolCommand) command).terminals(terminals);
    return command;
  }
}
