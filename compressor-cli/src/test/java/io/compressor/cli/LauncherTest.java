package io.compressor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The start script, with a Java that only prints how it was called. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  @Test
  void memoryBoundsTheHeap() throws Exception {
    assertTrue(start("compress", "m.onnx", "--memory", "1GiB").contains(" -Xmx512m "));
    assertTrue(start("compress", "m.onnx", "--memory=2.4 GB").contains(" -Xmx1144m "));
    assertTrue(start("compress", "--memory=900MB", "m.onnx").contains(" -Xmx429m "));
  }

  @Test
  void whatIsNoSizeIsLeftToTheCommandToRefuse() throws Exception {
    for (String odd : List.of("much", "10MB", "$(id)", "1;2", "-5GB", "")) {
      String call = start("compress", "m.onnx", "--memory", odd);
      assertFalse(call.contains("-Xmx"), call);
      assertTrue(call.stripTrailing().endsWith(("--memory " + odd).stripTrailing()), call);
    }
    assertFalse(start("compress", "m.onnx").contains("-Xmx"));
  }

  private static String start(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", script().toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA", "echo");
    builder.environment().put("COMPRESSOR_CACHE", "/nonexistent");
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), printed);
    return printed;
  }

  private static Path script() {
    return Path.of("src/main/dist/bin/compressor").toAbsolutePath();
  }
}
