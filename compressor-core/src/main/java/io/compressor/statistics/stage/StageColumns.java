package io.compressor.statistics.stage;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.graph.ValueNames;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The values that are on disk: those that stages pass on, each stored once however many stages read
 * it, those that one part of the current stage leaves to the rest of it, and those added to the
 * current stage only.
 */
final class StageColumns implements AutoCloseable {
  private final Map<String, ActivationColumn> passed = new LinkedHashMap<>();
  private final Map<String, ActivationColumn> held = new LinkedHashMap<>();
  private final Map<String, ActivationColumn> added = new LinkedHashMap<>();

  void pass(Map<String, ActivationColumn> columns) {
    passed.putAll(columns);
  }

  /** Values of the current stage for the rest of it. */
  void hold(Map<String, ActivationColumn> columns) {
    held.putAll(columns);
  }

  /** Passes a held value on; whether it was held. */
  boolean passHeld(String name) {
    ActivationColumn column = held.remove(name);
    if (column != null) {
      passed.put(name, column);
    }
    return column != null;
  }

  void add(String name, ActivationColumn column) {
    added.put(name, column);
  }

  /**
   * @throws CompressorException USAGE when the graph has a value of that name
   */
  void requireFree(String name, Graph graph) {
    Set<String> taken = new HashSet<>();
    ValueNames.everywhere(graph, taken::add);
    if (taken.contains(name)) {
      throw new CompressorException(
          ErrorCode.USAGE, name, "the stage already has a value of this name", "choose another");
    }
  }

  Set<String> added() {
    return added.keySet();
  }

  /** Deletes what is not among {@code read}, but nothing that was added. */
  void keepOnly(Set<String> read) {
    close(held, read);
    close(passed, read);
  }

  /** Deletes what was added. */
  void dropAdded() {
    close(added, Set.of());
  }

  /** Deletes what was reached in the current stage. */
  void dropHeld() {
    close(held, Set.of());
  }

  private static void close(Map<String, ActivationColumn> columns, Set<String> but) {
    columns
        .entrySet()
        .removeIf(
            e -> {
              boolean done = !but.contains(e.getKey());
              if (done) {
                e.getValue().close();
              }
              return done;
            });
  }

  /** What a model reads, in its order. */
  StageDataset dataset(String name, Model model, int samples) {
    return dataset(
        name, model.graph().requiredInputs().stream().map(Value::name).toList(), samples);
  }

  StageDataset dataset(String name, List<String> values, int samples) {
    Map<String, ActivationColumn> columns = new LinkedHashMap<>();
    values.forEach(v -> columns.put(v, column(v)));
    return StageDataset.of(name, columns, samples);
  }

  /** An input with the element type and rank that the samples have; sizes are left open. */
  Value input(String name) {
    ActivationColumn column = column(name);
    long[] open = new long[column.rank()];
    Arrays.fill(open, -1);
    return Value.of(name, TensorType.of(column.type(), open));
  }

  /** The model with {@code names} as further inputs. */
  Model withInputs(Model model, Collection<String> names) {
    List<Value> inputs = new ArrayList<>(model.graph().inputs());
    names.forEach(name -> inputs.add(input(name)));
    return model.withGraph(model.graph().withInputs(inputs));
  }

  private ActivationColumn column(String name) {
    ActivationColumn column = added.getOrDefault(name, held.getOrDefault(name, passed.get(name)));
    if (column == null) {
      throw new CompressorException(
          ErrorCode.INTERNAL, name, "no stage has computed this value", "");
    }
    return column;
  }

  @Override
  public void close() {
    dropAdded();
    keepOnly(Set.of());
  }
}
