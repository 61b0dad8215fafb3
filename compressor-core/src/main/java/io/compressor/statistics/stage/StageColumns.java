package io.compressor.statistics.stage;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Model;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The values that are on disk: those that stages pass on, each stored once however many stages read
 * it, and those added to the current stage only.
 */
final class StageColumns implements AutoCloseable {
  private final Map<String, ActivationColumn> passed = new LinkedHashMap<>();
  private final Map<String, ActivationColumn> added = new LinkedHashMap<>();

  void pass(Map<String, ActivationColumn> columns) {
    passed.putAll(columns);
  }

  void add(String name, ActivationColumn column) {
    added.put(name, column);
  }

  /** Deletes what was added, and what is not among {@code read}. */
  void keepOnly(Set<String> read) {
    added.values().forEach(ActivationColumn::close);
    added.clear();
    passed
        .entrySet()
        .removeIf(
            e -> {
              boolean done = !read.contains(e.getKey());
              if (done) {
                e.getValue().close();
              }
              return done;
            });
  }

  /** What a model reads, in its order. */
  StageDataset dataset(String name, Model model, int samples) {
    Map<String, ActivationColumn> columns = new LinkedHashMap<>();
    model.graph().requiredInputs().forEach(v -> columns.put(v.name(), column(v.name())));
    return StageDataset.of(name, columns, samples);
  }

  /** An input with the element type and rank that the samples have; sizes are left open. */
  Value input(String name) {
    ActivationColumn column = column(name);
    long[] open = new long[column.rank()];
    Arrays.fill(open, -1);
    return Value.of(name, TensorType.of(column.type(), open));
  }

  /** The model with {@code name} as one more input. */
  Model withInput(Model model, String name) {
    List<Value> inputs = new ArrayList<>(model.graph().inputs());
    inputs.add(input(name));
    return model.withGraph(model.graph().withInputs(inputs));
  }

  private ActivationColumn column(String name) {
    ActivationColumn column = added.getOrDefault(name, passed.get(name));
    if (column == null) {
      throw new CompressorException(
          ErrorCode.INTERNAL, name, "no stage has computed this value", "");
    }
    return column;
  }

  @Override
  public void close() {
    keepOnly(Set.of());
  }
}
