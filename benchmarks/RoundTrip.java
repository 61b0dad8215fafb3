import io.compressor.error.CompressorException;
import io.compressor.formats.onnx.OnnxReader;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.formats.onnx.WriteOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads every {@code .onnx} file below a folder and writes it to the same place below another, in
 * one process. Prints a line per file ({@code ok} or {@code failed}, path, reason, tab-separated),
 * and at last the peak of the heap: the sum of the peaks of its pools, which is no less than the
 * true peak.
 */
final class RoundTrip {
  private RoundTrip() {}

  public static void main(String[] args) throws IOException {
    Path from = Path.of(args[0]);
    Path to = Path.of(args[1]);
    List<Path> models;
    try (Stream<Path> files = Files.walk(from)) {
      models = files.filter(f -> f.toString().endsWith(".onnx")).sorted().toList();
    }
    long start = System.nanoTime();
    for (Path model : models) {
      Path name = from.relativize(model);
      Path target = to.resolve(name);
      Files.createDirectories(target.toAbsolutePath().getParent());
      try {
        OnnxWriter.write(OnnxReader.read(model), target, WriteOptions.auto());
        System.out.println("ok\t" + name);
      } catch (CompressorException | Error e) {
        System.out.println("failed\t" + name + "\t" + e.getMessage().replaceAll("\\s+", " "));
      } catch (RuntimeException e) {
        System.out.println("failed\t" + name + "\tBUG " + e);
      }
    }
    System.out.printf("seconds\t%.1f%n", (System.nanoTime() - start) / 1e9);
    System.out.printf("heap-peak-mb\t%.1f%n", heapPeak() / 1e6);
    System.out.printf("heap-limit-mb\t%.1f%n", Runtime.getRuntime().maxMemory() / 1e6);
  }

  private static long heapPeak() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(p -> p.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getPeakUsage)
        .mapToLong(u -> u.getUsed())
        .sum();
  }
}
