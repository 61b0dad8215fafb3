package io.compressor.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.onnx.OnnxWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProbeTest {
  @TempDir Path dir;

  @Test
  void aFreshProcessTellsLoadTimeAndMemory() throws Exception {
    Path file =
        Files.write(
            dir.resolve("m.onnx"), OnnxWriter.skeleton(Tiny.perceptron(24, 40), t -> false));
    Footprint found =
        ChildProbe.measure(file, 1, Map.of("x", new long[] {3, 24}), Duration.ofMinutes(2));
    assertTrue(found.loadMillis() > 0);
    if (found.peakBytes().isPresent()) {
      assertTrue(found.peakBytes().getAsLong() >= found.idleBytes().getAsLong());
      assertTrue(found.idleBytes().getAsLong() > 1 << 20);
    }
  }

  @Test
  void aBrokenModelIsReportedWithItsReason() throws Exception {
    Path file = Files.write(dir.resolve("m.onnx"), new byte[] {9, 9, 9});
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () -> ChildProbe.measure(file, 1, Map.of(), Duration.ofMinutes(2)));
    assertEquals(ErrorCode.RUNTIME, e.code());
    assertTrue(e.getMessage().contains("m.onnx"), e.getMessage());
  }

  @Test
  void statusLinesAreReadInKibibytes() {
    List<String> status = List.of("Name:\tjava", "VmHWM:\t  123 kB", "VmRSS:\tlots");
    assertEquals(OptionalLong.of(123 * 1024), ResidentMemory.field(status, "VmHWM:"));
    assertEquals(OptionalLong.empty(), ResidentMemory.field(status, "VmRSS:"));
    assertEquals(OptionalLong.empty(), ResidentMemory.field(status, "VmPeak:"));
  }

  @Test
  void theMachineIsNamedByModelAndTellingFeatures() {
    RuntimeInfo info =
        RuntimeInfo.of(
            "1.29.0",
            List.of("model name\t: Some  CPU @ 2", "flags\t\t: fpu avx2 avx512_vnni sse", "x"),
            2);
    assertEquals("Some CPU @ 2 avx2+avx512_vnni", info.machine());
    assertEquals(Set.of("avx2", "avx512_vnni"), info.features());
    assertTrue(RuntimeInfo.of("1", List.of(), 1).features().isEmpty());
    assertTrue(RuntimeInfo.current().ortVersion().startsWith("1."));
  }
}
