package io.compressor.autodiff;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.graph.FreePrefix;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Writes a loss behind a model: targets are new inputs, the arithmetic is written on a {@link
 * Tape}, most easily by {@link Losses}.
 *
 * <pre>{@code
 * LossGraph graph = LossGraph.of(model, "logits");
 * String labels = graph.labels("labels");
 * LossModel withLoss = graph.loss(Losses.crossEntropy(graph.tape(), "logits", labels));
 * }</pre>
 */
public final class LossGraph {
  private final Model model;
  private final TensorType type;
  private final Tape tape;
  private final List<Value> inputs = new ArrayList<>();

  private LossGraph(Model model, TensorType type) {
    this.model = model;
    this.type = type;
    this.tape = new Tape(model, FreePrefix.of(model, "loss"), type.elementType());
  }

  /**
   * @param prediction a value of the main graph, float or double
   * @throws CompressorException USAGE when the model has no such value or it is not a number
   */
  public static LossGraph of(Model model, String prediction) {
    Model raised = Gradients.raised(model);
    InferredTypes types = InferredTypes.of(raised);
    ElementType element =
        types
            .elementType(prediction)
            .orElseThrow(
                () ->
                    new CompressorException(
                        ErrorCode.USAGE,
                        prediction,
                        "the model's main graph has no such value, or its type is unknown",
                        ""));
    if (element != ElementType.FLOAT && element != ElementType.DOUBLE) {
      throw new CompressorException(
          ErrorCode.USAGE, prediction, "is " + element + "; a loss needs FLOAT or DOUBLE", "");
    }
    return new LossGraph(raised, new TensorType(element, types.dims(prediction)));
  }

  /** Where the loss is written. */
  public Tape tape() {
    return tape;
  }

  /** A new input in the type and shape of the prediction; returns its name. */
  public String target(String name) {
    return input(name, type);
  }

  /** A new input of class numbers, int64 in the prediction's shape without its last axis. */
  public String labels(String name) {
    return input(name, new TensorType(ElementType.INT64, rows()));
  }

  /** A new input of ones and zeros, float in the prediction's shape without its last axis. */
  public String mask(String name) {
    return input(name, new TensorType(type.elementType(), rows()));
  }

  /** Any other new input. */
  public String input(String name, TensorType of) {
    boolean taken =
        inputs.stream().anyMatch(v -> v.name().equals(name))
            || InferredTypes.names(model.graph()).contains(name);
    if (taken) {
      throw new CompressorException(
          ErrorCode.USAGE, name, "the model already has a value of this name", "choose another");
    }
    inputs.add(Value.of(name, of));
    return name;
  }

  /**
   * The model with a loss as its last output.
   *
   * @param scalar what was written on the tape
   */
  public LossModel loss(String scalar) {
    String named = tape.named(scalar, "value");
    Model written = tape.append(List.of(named));
    List<Value> all = new ArrayList<>(written.graph().inputs());
    all.addAll(inputs);
    return new LossModel(written.withGraph(written.graph().withInputs(all)), named);
  }

  private Optional<List<Dim>> rows() {
    return type.dims()
        .map(d -> d.isEmpty() ? Collections.<Dim>emptyList() : d.subList(0, d.size() - 1));
  }
}
