package io.compressor.statistics.stage;

import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Dataset;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Taps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Turns samples into columns: computes them side by side on the engine, writes them in order. In
 * memory are as many samples as run at once, or a few times as many while these are small.
 */
final class StageStream {
  private static final long LITTLE = 32L << 20;

  private final Path folder;
  private final Engine engine;
  private final Progress progress;
  private int files;

  /** In a new folder inside the given one. */
  static StageStream in(Path folder, Engine engine, Progress progress) {
    try {
      Files.createDirectories(folder);
      return new StageStream(Files.createTempDirectory(folder, "activations-"), engine, progress);
    } catch (IOException e) {
      throw ActivationColumn.failed(folder, "written", e);
    }
  }

  /**
   * @param folder exists; files get numbers in it
   */
  private StageStream(Path folder, Engine engine, Progress progress) {
    this.folder = folder;
    this.engine = engine;
    this.progress = progress;
  }

  Engine engine() {
    return engine;
  }

  Progress progress() {
    return progress;
  }

  /** Runs the model over all samples and keeps {@code values} of it. Sessions have one thread. */
  Map<String, ActivationColumn> run(String what, Model model, List<String> values, Dataset data) {
    Model only = Taps.only(model, values);
    try (RuntimeSession session = RuntimeSession.open(only, SessionSettings.withThreads(1))) {
      return columns(
          what, values, data.size(), i -> session.run(data.batch(i, i + 1).inputs(), values));
    }
  }

  /**
   * One column for each of {@code values}.
   *
   * @param sample makes all values of one sample, on any thread
   */
  Map<String, ActivationColumn> columns(
      String what, List<String> values, int size, IntFunction<Map<String, Tensor>> sample) {
    progress.begin(what, size);
    Map<String, ColumnWriter> writers = new LinkedHashMap<>();
    try {
      values.forEach(v -> writers.put(v, new ColumnWriter(v, nextFile())));
      int wave = engine.parallelism();
      for (int at = 0; at < size; ) {
        progress.checkCancelled();
        List<Integer> now = IntStream.range(at, Math.min(size, at + wave)).boxed().toList();
        long bytes = 0;
        for (Map<String, Tensor> made : engine.map(now, i -> sample.apply(i))) {
          writers.forEach((value, writer) -> writer.append(require(made, value)));
          bytes += made.values().stream().mapToLong(t -> t.data().size()).sum();
        }
        progress.advance(now.size());
        at += now.size();
        wave = wave(now.size(), bytes);
      }
      Map<String, ActivationColumn> columns = new LinkedHashMap<>();
      writers.forEach((value, writer) -> columns.put(value, writer.finish()));
      return columns;
    } finally {
      writers.values().forEach(ColumnWriter::close);
    }
  }

  /** Short samples come many at once, so that no thread waits long for the others. */
  private int wave(int samples, long bytes) {
    long fit = LITTLE * samples / Math.max(1, bytes);
    int most = 8 * engine.parallelism();
    return (int) Math.max(engine.parallelism(), Math.min(most, fit));
  }

  /** Takes the folder away, with whatever is still in it. */
  void delete() {
    try (var left = Files.list(folder)) {
      for (Path file : new ArrayList<>(left.toList())) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      folder.toFile().deleteOnExit();
    }
  }

  private static Tensor require(Map<String, Tensor> made, String value) {
    Tensor tensor = made.get(value);
    if (tensor == null) {
      throw new CompressorException(
          ErrorCode.DATA,
          value,
          "a sample does not give this value; it gives " + made.keySet(),
          "the data must fit the model");
    }
    return tensor;
  }

  private Path nextFile() {
    return folder.resolve("value-%05d.bin".formatted(files++));
  }
}
