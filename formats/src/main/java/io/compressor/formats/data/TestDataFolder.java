package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import io.compressor.formats.onnx.OnnxReader;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * ONNX test data: folders {@code test_data_set_N} of {@code input_N.pb}, in the order of the
 * model's inputs unless the tensors carry their names. Where all inputs of a set agree on axis 0,
 * its rows are the samples; otherwise a set is one sample.
 */
final class TestDataFolder {
  private static final Pattern SET = Pattern.compile("test_data_set_(\\d{1,9})");
  private static final Pattern INPUT = Pattern.compile("input_(\\d{1,9})\\.pb");

  private final DataSource source;
  private final List<Value> inputs;
  private final List<Path> files = new ArrayList<>();

  private TestDataFolder(DataSource source, List<Value> inputs) {
    this.source = source;
    this.inputs = inputs;
  }

  static SampleSet read(DataSource source, List<Value> inputs) {
    return new TestDataFolder(source, inputs).read();
  }

  private SampleSet read() {
    List<Map<String, Tensor>> sets = new ArrayList<>();
    for (Path folder : source.files()) {
      for (Path set : numbered(folder, SET, List.of(folder))) {
        sets.add(set(set));
      }
    }
    for (Map<String, Tensor> set : sets) {
      if (!set.keySet().equals(sets.get(0).keySet())) {
        throw BadData.in(
            source.origin(),
            "sets give different inputs: " + sets.get(0).keySet() + " and " + set.keySet(),
            "every set needs the same inputs");
      }
    }
    int[] perSet = sets.stream().mapToInt(TestDataFolder::rows).toArray();
    boolean byRow = Arrays.stream(perSet).allMatch(n -> n >= 1);
    List<String> notes = new ArrayList<>();
    Map<String, Column> columns = new LinkedHashMap<>();
    int rows = byRow ? Arrays.stream(perSet).sum() : sets.size();
    for (Value input : inputs) {
      if (sets.get(0).containsKey(input.name())) {
        List<Tensor> tensors = sets.stream().map(s -> s.get(input.name())).toList();
        TensorRows stored =
            TensorRows.of(source.origin() + ":" + input.name(), tensors, byRow, rows);
        ArrayColumn column = ArrayColumn.of(input, stored, notes);
        for (int row = 1; row < rows; row++) {
          if (Shapes.stacking(input, stored.rowDims(row), stored.where()) != column.stacking()) {
            throw BadData.in(stored.where(), "sets of different ranks", "use one rank for all");
          }
        }
        columns.put(input.name(), column);
      }
    }
    return SampleSet.of(rows, columns, files, notes);
  }

  /** Tensors of a set by input name. */
  private Map<String, Tensor> set(Path folder) {
    List<Path> found = numbered(folder, INPUT, List.of());
    if (found.isEmpty() || found.size() > inputs.size()) {
      throw BadData.in(
          folder.toString(),
          found.size() + " input_N.pb for a model of " + inputs.size() + " inputs",
          "one file an input: " + inputs.stream().map(Shapes::spell).toList());
    }
    Map<String, Tensor> set = new LinkedHashMap<>();
    for (int i = 0; i < found.size(); i++) {
      Tensor tensor = tensor(found.get(i));
      boolean named = inputs.stream().anyMatch(v -> v.name().equals(tensor.name()));
      String name = named ? tensor.name() : inputs.get(i).name();
      if (set.put(name, tensor) != null) {
        throw BadData.in(
            found.get(i).toString(), "a second tensor for '" + name + "'", "rename it");
      }
      files.add(found.get(i));
    }
    return set;
  }

  private static Tensor tensor(Path file) {
    Tensor tensor;
    try {
      tensor = OnnxReader.readTensor(file);
    } catch (CompressorException e) {
      throw BadData.in(file.toString(), "no tensor: " + e.getMessage(), e.hint(), e);
    }
    if (!NumberCast.isPlain(tensor.type())) {
      throw BadData.in(
          file.toString(), Shapes.spell(tensor.type()) + " tensor", "data can only feed numbers");
    }
    return tensor;
  }

  /** Samples of a set: the common axis 0, or 0 when its tensors do not share one. */
  private static int rows(Map<String, Tensor> set) {
    long[] sizes =
        set.values().stream().mapToLong(t -> t.rank() == 0 ? -1 : t.dims()[0]).distinct().toArray();
    return sizes.length == 1 && sizes[0] >= 1 && sizes[0] <= Integer.MAX_VALUE ? (int) sizes[0] : 0;
  }

  private static List<Path> numbered(Path folder, Pattern pattern, List<Path> fallback) {
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> found =
          entries
              .filter(p -> pattern.matcher(String.valueOf(p.getFileName())).matches())
              .sorted(Comparator.comparingInt(p -> number(p, pattern)))
              .toList();
      return found.isEmpty() ? fallback : found;
    } catch (IOException e) {
      throw BadData.unreadable(folder, e);
    }
  }

  private static int number(Path path, Pattern pattern) {
    Matcher m = pattern.matcher(String.valueOf(path.getFileName()));
    return m.matches() ? Integer.parseInt(m.group(1)) : -1;
  }

  /**
   * Rows of several tensors, one after the other.
   *
   * @param tensorOf the tensor a row lies in, and {@code rowOf} its place there
   */
  private record TensorRows(
      String where,
      ElementType type,
      List<ByteBuffer> data,
      List<long[]> dims,
      int[] tensorOf,
      int[] rowOf)
      implements RowSource {

    static TensorRows of(String where, List<Tensor> tensors, boolean byRow, int rows) {
      ElementType type = tensors.get(0).type();
      List<ByteBuffer> data = new ArrayList<>();
      List<long[]> dims = new ArrayList<>();
      int[] tensorOf = new int[rows];
      int[] rowOf = new int[rows];
      int next = 0;
      for (int t = 0; t < tensors.size(); t++) {
        Tensor tensor = tensors.get(t);
        if (tensor.type() != type) {
          throw BadData.in(
              where, "sets of " + Shapes.spell(type) + " and " + Shapes.spell(tensor.type()), "");
        }
        if (tensor.elements() == 0) {
          throw BadData.in(where, "an empty tensor in set " + t, "give at least one sample");
        }
        data.add(tensor.data().buffer());
        long[] all = tensor.dims();
        dims.add(byRow ? Arrays.copyOfRange(all, 1, all.length) : all);
        int own = byRow ? (int) all[0] : 1;
        for (int r = 0; r < own; r++) {
          tensorOf[next] = t;
          rowOf[next++] = r;
        }
      }
      return new TensorRows(where, type, data, dims, tensorOf, rowOf);
    }

    @Override
    public int rows() {
      return tensorOf.length;
    }

    @Override
    public long[] rowDims(int row) {
      return dims.get(tensorOf[row]).clone();
    }

    @Override
    public ByteBuffer row(int row) {
      ByteBuffer all = data.get(tensorOf[row]);
      long elements = Arrays.stream(dims.get(tensorOf[row])).reduce(1, (a, b) -> a * b);
      int bytes = (int) type.byteCount(elements);
      return all.slice(rowOf[row] * bytes, bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
