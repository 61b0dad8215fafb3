package io.compressor.runtime;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.file.StagedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Measured milliseconds, kept so that a plan can be made again without measuring: given the same
 * table the plan is a pure function. Thread-safe; measuring is never done twice for a key and never
 * concurrently, since two measurements at once would disturb each other.
 */
public final class ProbeCache {
  private static final String HEADER =
      "#ort\tmachine\tthreads\tencoding\tout\tin\trows\tmilliseconds";

  private final NavigableMap<ProbeKey, Double> millis = new TreeMap<>();
  private final List<Path> homes;

  /** Kept nowhere until it is saved. */
  public ProbeCache() {
    this(List.of());
  }

  private ProbeCache(List<Path> homes) {
    this.homes = List.copyOf(homes);
  }

  /**
   * What the files hold, where two differ the earlier one's. The first gets all of it at once, and
   * every file whatever is measured from now on, before it is used.
   *
   * @param files at least one
   */
  public static ProbeCache keptIn(List<Path> files) {
    ProbeCache cache = new ProbeCache(files);
    files.forEach(f -> cache.merge(load(f)));
    cache.save(files.get(0));
    return cache;
  }

  /** What a file holds; nothing when there is no such file. */
  public static ProbeCache load(Path file) {
    ProbeCache cache = new ProbeCache();
    try {
      if (Files.exists(file)) {
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
          String line = lines.get(i);
          if (!line.isBlank() && !line.startsWith("#")) {
            cache.parse(line, file + ":" + (i + 1));
          }
        }
      }
      return cache;
    } catch (IOException e) {
      throw io(file, e);
    }
  }

  /** The known time, if any. */
  public synchronized Optional<Double> find(ProbeKey key) {
    return Optional.ofNullable(millis.get(key));
  }

  /** The known time, else the measured one, remembered. */
  public synchronized double millis(ProbeKey key, ToDoubleFunction<ProbeKey> measure) {
    Double known = millis.get(key);
    if (known == null) {
      known = rounded(measure.applyAsDouble(key));
      millis.put(key, known);
      ProbeCache news = new ProbeCache();
      news.millis.put(key, known);
      homes.forEach(news::save);
    }
    return known;
  }

  /** Adds what {@code other} knows and this does not; what is known here stays. */
  public void merge(ProbeCache other) {
    Map<ProbeKey, Double> theirs = other.entries();
    synchronized (this) {
      theirs.forEach(millis::putIfAbsent);
    }
  }

  /** All times, in key order. */
  public synchronized NavigableMap<ProbeKey, Double> entries() {
    return Collections.unmodifiableNavigableMap(new TreeMap<>(millis));
  }

  /**
   * Adds all times that the file does not hold yet, in key order: readers see the old file or the
   * new one, never half of it.
   */
  public void save(Path file) {
    ProbeCache all = load(file);
    all.merge(this);
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw io(file, e);
    }
    String text = String.join("\n", all.lines()) + "\n";
    StagedFile.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>(List.of(HEADER));
    entries()
        .forEach(
            (k, ms) ->
                lines.add(
                    String.join(
                        "\t",
                        k.ortVersion(),
                        k.machine(),
                        Integer.toString(k.threads()),
                        k.encoding(),
                        Long.toString(k.out()),
                        Long.toString(k.in()),
                        Long.toString(k.rows()),
                        Double.toString(ms))));
    return lines;
  }

  private synchronized void parse(String line, String where) {
    String[] f = line.split("\t", -1);
    try {
      if (f.length != 8) {
        throw new NumberFormatException("expected 8 fields, found " + f.length);
      }
      double time = Double.parseDouble(f[7]);
      if (!(time >= 0) || Double.isInfinite(time)) {
        throw new NumberFormatException("expected milliseconds, found " + f[7]);
      }
      millis.put(
          new ProbeKey(
              f[0],
              f[1],
              Integer.parseInt(f[2]),
              f[3],
              Long.parseLong(f[4]),
              Long.parseLong(f[5]),
              Long.parseLong(f[6])),
          time);
    } catch (NumberFormatException e) {
      throw new CompressorException(
          ErrorCode.DATA,
          where,
          "broken probe table: " + e.getMessage(),
          "delete the file; it will be measured again",
          e);
    }
  }

  /** Finer than any measurement, and short to read. */
  private static double rounded(double ms) {
    return Math.rint(ms * 1e5) / 1e5;
  }

  private static CompressorException io(Path file, IOException e) {
    return new CompressorException(
        ErrorCode.IO, file.toString(), String.valueOf(e.getMessage()), "check the folder", e);
  }
}
