package io.compressor.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What every ONNX Runtime release does with a way of writing weights, as measured and shipped with
 * the toolkit. Says which release an output needs; what is fast is probed on the machine itself.
 *
 * <p>Forms are the row names of {@code ort_kernel_matrix.tsv}; a form with parameters is addressed
 * as {@code form/parameter}, for example {@code gbq/4} for GatherBlockQuantized with 4 bits.
 */
public final class KernelTable {
  private static final String RESOURCE = "ort_kernel_matrix.tsv";

  private final List<String> versions;
  private final Map<String, List<KernelOutcome>> rows;

  private KernelTable(List<String> versions, Map<String, List<KernelOutcome>> rows) {
    this.versions = List.copyOf(versions);
    this.rows = Collections.unmodifiableMap(rows);
  }

  /** How zero points are stored in MatMulNBits. */
  public enum ZeroPoints {
    NONE("none"),
    PACKED("u8"),
    FLOAT("f");

    private final String key;

    ZeroPoints(String key) {
      this.key = key;
    }
  }

  /** What MatMulNBits computes with. */
  public enum Accuracy {
    /** No accuracy_level: the activations' own type. */
    FLOAT("None"),
    /** accuracy_level 4: activations quantized to int8 block by block. */
    INT8("4");

    private final String key;

    Accuracy(String key) {
      this.key = key;
    }
  }

  /** The form of a MatMulNBits node; not every combination was measured. */
  public static String matMulNBits(int bits, int block, Accuracy accuracy, ZeroPoints zeroPoints) {
    return bits % 2 == 1 || bits == 6
        ? "nb" + bits
        : "nb%d_b%d_a%s_z%s".formatted(bits, block, accuracy.key, zeroPoints.key);
  }

  /** The shipped table. */
  public static KernelTable shipped() {
    try (InputStream in = KernelTable.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("resource " + RESOURCE + " is missing");
      }
      return read(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The releases measured, oldest first. */
  public List<String> versions() {
    return versions;
  }

  /** The forms measured, in table order. */
  public List<String> forms() {
    return List.copyOf(rows.keySet());
  }

  /**
   * What a release does with a form: the newest measured release that is not newer than {@code
   * version} speaks for it. Empty when the form was not measured or the release is older than all.
   */
  public Optional<KernelOutcome> outcome(String form, String version) {
    List<KernelOutcome> row = rows.getOrDefault(form, List.of());
    for (int i = row.size() - 1; i >= 0; i--) {
      if (compare(versions.get(i), version) <= 0) {
        return Optional.of(row.get(i));
      }
    }
    return Optional.empty();
  }

  /**
   * The oldest measured release from which on every one computes the form correctly; empty when the
   * newest does not, or the form was not measured.
   */
  public Optional<String> minimumVersion(String form) {
    return since(form, o -> o.verdict().isCorrect());
  }

  /** As {@link #minimumVersion(String)}, and the operator {@code kernel} is what really runs. */
  public Optional<String> minimumVersion(String form, String kernel) {
    return since(form, o -> o.verdict().isCorrect() && o.kernels().contains(kernel));
  }

  /** Orders release numbers: 1.9.0 before 1.24.2. */
  public static int compare(String a, String b) {
    return Arrays.compare(numbers(a), numbers(b));
  }

  private Optional<String> since(String form, java.util.function.Predicate<KernelOutcome> good) {
    List<KernelOutcome> row = rows.getOrDefault(form, List.of());
    int from = row.size();
    while (from > 0 && good.test(row.get(from - 1))) {
      from--;
    }
    return from < row.size() ? Optional.of(versions.get(from)) : Optional.empty();
  }

  private static int[] numbers(String version) {
    return Arrays.stream(version.split("[^0-9]+"))
        .filter(s -> !s.isEmpty() && s.length() < 9)
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  private static KernelTable read(BufferedReader lines) throws IOException {
    List<String> versions = new ArrayList<>();
    Map<String, List<KernelOutcome>> rows = new LinkedHashMap<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("#") || line.isBlank()) {
        continue;
      }
      List<String> cells = List.of(line.split("\t", -1));
      if (versions.isEmpty()) {
        versions.addAll(cells.subList(1, cells.size()));
      } else {
        addRow(rows, cells.get(0), cells.subList(1, cells.size()));
      }
    }
    return new KernelTable(versions, rows);
  }

  private static void addRow(
      Map<String, List<KernelOutcome>> rows, String form, List<String> cells) {
    String telling = cells.get(cells.size() - 1);
    if (!telling.contains("=")) {
      rows.put(form, cells.stream().map(KernelOutcome::parse).toList());
      return;
    }
    for (String part : telling.split(";")) {
      String key = part.substring(0, part.indexOf('='));
      rows.put(
          form + "/" + key, cells.stream().map(c -> KernelOutcome.parse(part(c, key))).toList());
    }
  }

  private static String part(String cell, String key) {
    for (String part : cell.split(";")) {
      if (part.startsWith(key + "=")) {
        return part.substring(key.length() + 1);
      }
    }
    return cell;
  }
}
