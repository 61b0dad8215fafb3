package io.compressor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of this build and of the Java that runs it. */
final class Version implements IVersionProvider {

  /** The version of the toolkit, as built. */
  static String current() {
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "compressor " + current(),
      "Java " + Runtime.version() + " on " + System.getProperty("os.arch"),
    };
  }
}
