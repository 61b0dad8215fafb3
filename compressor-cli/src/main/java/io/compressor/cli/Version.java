package io.compressor.cli;

import io.compressor.pipeline.ToolVersion;
import picocli.CommandLine.IVersionProvider;

/** The version of this build and of the Java that runs it. */
final class Version implements IVersionProvider {

  /** The version of the toolkit, as built. */
  static String current() {
    return ToolVersion.current();
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "compressor " + current(),
      "Java " + Runtime.version() + " on " + System.getProperty("os.arch"),
    };
  }
}
