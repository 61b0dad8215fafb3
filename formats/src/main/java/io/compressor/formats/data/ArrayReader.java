package io.compressor.formats.data;

import io.compressor.ir.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code .npz} and {@code .npy} files. */
final class ArrayReader {
  private final DataSource source;
  private final List<Value> inputs;

  private ArrayReader(DataSource source, List<Value> inputs) {
    this.source = source;
    this.inputs = inputs;
  }

  static SampleSet npz(DataSource source, List<Value> inputs) {
    return new ArrayReader(source, inputs).npz(single(source));
  }

  static SampleSet npy(DataSource source, List<Value> inputs) {
    return new ArrayReader(source, inputs).npy(single(source));
  }

  private static Path single(DataSource source) {
    if (source.files().size() != 1) {
      throw BadData.in(
          source.origin() + ":files",
          source.files().size() + " files, expected one",
          "concatenate the arrays");
    }
    return source.files().get(0);
  }

  private SampleSet npy(Path path) {
    List<Value> plain =
        inputs.stream()
            .filter(v -> InputRole.of(v) == InputRole.OTHER || InputRole.of(v) == InputRole.IDS)
            .filter(v -> !source.fill().containsKey(v.name()))
            .toList();
    if (plain.size() != 1) {
      throw BadData.in(
          path.toString(),
          "one array for a model of " + plain.size() + " inputs: " + names(plain),
          "use a .npz with one array an input");
    }
    NpyArray array = NpyArray.open(path);
    List<String> notes = new ArrayList<>();
    Column column = ArrayColumn.of(plain.get(0), array, notes);
    return SampleSet.of(array.rows(), Map.of(plain.get(0).name(), column), List.of(path), notes);
  }

  private static List<String> names(List<Value> values) {
    return values.stream().map(Value::name).toList();
  }

  private SampleSet npz(Path path) {
    NpzArchive archive = NpzArchive.open(path);
    Map<String, String> wanted = wanted(archive);
    List<String> notes = new ArrayList<>();
    Map<String, Column> columns = new LinkedHashMap<>();
    int rows = -1;
    String first = "";
    for (Value input : inputs) {
      String name = wanted.get(input.name());
      if (name == null) {
        continue;
      }
      NpyArray array = archive.array(name);
      if (rows >= 0 && array.rows() != rows) {
        throw BadData.in(
            array.where(),
            array.rows() + " samples, but '" + first + "' has " + rows,
            "axis 0 is the sample and must agree");
      }
      rows = array.rows();
      first = name;
      columns.put(input.name(), ArrayColumn.of(input, array, notes));
    }
    InputFiller.plan(source, inputs, columns.keySet(), archive.names());
    if (columns.isEmpty()) {
      throw BadData.in(
          path.toString(), "no array for any model input; found " + archive.names(), "rename one");
    }
    noteUnused(archive, wanted, notes);
    SampleSet set = SampleSet.of(rows, columns, List.of(path), notes);
    return targets(set, archive, rows);
  }

  /** Array by model input: by mapping, by name, or the only array for the only input. */
  private Map<String, String> wanted(NpzArchive archive) {
    Map<String, String> out = new LinkedHashMap<>();
    for (Value input : inputs) {
      String name = source.column(input.name());
      if (archive.has(name)) {
        out.put(input.name(), name);
      } else if (source.columns().containsKey(input.name())) {
        throw BadData.in(
            archive.path() + ":" + name,
            "no such array for model input " + Shapes.spell(input) + "; found " + archive.names(),
            "correct 'columns' in " + source.origin());
      }
    }
    List<String> free =
        archive.names().stream()
            .filter(n -> !n.equals(source.fields().label()) && !n.equals(source.fields().score()))
            .toList();
    if (out.isEmpty() && free.size() == 1 && inputs.size() == 1) {
      out.put(inputs.get(0).name(), free.get(0));
    }
    return out;
  }

  private void noteUnused(NpzArchive archive, Map<String, String> wanted, List<String> notes) {
    Set<String> unused = new LinkedHashSet<>(archive.names());
    unused.removeAll(wanted.values());
    unused.remove(source.fields().label());
    unused.remove(source.fields().score());
    if (!unused.isEmpty()) {
      notes.add("arrays that are no model input, not read: " + unused);
    }
    wanted.forEach(
        (input, name) -> {
          if (!input.equals(name)) {
            notes.add("array '" + name + "' feeds input '" + input + "'");
          }
        });
  }

  private SampleSet targets(SampleSet set, NpzArchive archive, int rows) {
    SampleSet out = set;
    if (archive.has(source.fields().label())) {
      out =
          out.withLabels(Optional.of(Targets.labels(archive.array(source.fields().label()), rows)));
    }
    if (archive.has(source.fields().score())) {
      NpyArray array = archive.array(source.fields().score());
      boolean pairs = source.pairs().orElse(array.rows() * 2L == rows);
      out = out.withScores(Optional.of(Targets.scores(array, pairs ? rows / 2 : rows)), pairs);
    } else {
      out = out.withScores(Optional.empty(), source.pairs().orElse(false));
    }
    return out;
  }
}
