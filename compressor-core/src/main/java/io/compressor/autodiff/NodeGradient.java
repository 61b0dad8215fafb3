package io.compressor.autodiff;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.List;
import java.util.Optional;

/** What a {@link GradientRule} sees of a node, and where it leaves the gradients of its inputs. */
public final class NodeGradient {
  private final Node node;
  private final List<String> inputs;
  private final Adjoints adjoints;
  private final InferredTypes types;
  private final Tape tape;

  NodeGradient(Node node, List<String> inputs, Adjoints adjoints, InferredTypes types, Tape tape) {
    this.node = node;
    this.inputs = inputs;
    this.adjoints = adjoints;
    this.types = types;
    this.tape = tape;
  }

  public Node node() {
    return node;
  }

  public Tape tape() {
    return tape;
  }

  /** Number of inputs, left-out ones at the end not counted. */
  public int inputs() {
    return inputs.size();
  }

  public boolean hasInput(int i) {
    return i < inputs.size() && !inputs.get(i).isEmpty();
  }

  public String input(int i) {
    return inputs.get(i);
  }

  public String output() {
    return output(0);
  }

  public String output(int i) {
    return node.outputs().get(i);
  }

  /** Gradient of the first output, in that output's shape. */
  public String gradient() {
    return gradient(0).orElseGet(() -> tape.zerosLike(output(0)));
  }

  /** Empty when the loss does not depend on this output. */
  public Optional<String> gradient(int output) {
    String value = output < node.outputs().size() ? node.outputs().get(output) : "";
    return value.isEmpty() ? Optional.empty() : adjoints.of(value);
  }

  /** Whether a gradient for this input leads to a parameter; rules may skip the work otherwise. */
  public boolean wants(int i) {
    return hasInput(i) && adjoints.wants(inputs.get(i));
  }

  /** Adds to the gradient of an input; {@code gradient} has the input's shape. */
  public void give(int i, String gradient) {
    if (wants(i)) {
      adjoints.add(inputs.get(i), gradient);
    }
  }

  /** As {@link #give}, for a gradient in the shape that the input was broadcast to. */
  public void giveBroadcast(int i, String gradient, String broadcast) {
    if (wants(i)) {
      give(i, Unbroadcast.to(this, gradient, broadcast, inputs.get(i)));
    }
  }

  /** The gradient has the shape of the node's first output. */
  public void giveBroadcast(int i, String gradient) {
    giveBroadcast(i, gradient, output(0));
  }

  /** Rank of any value of the model that is differentiated. */
  public int rank(String value) {
    return findRank(value)
        .orElseThrow(
            () ->
                unsupported(
                    "the rank of '" + value + "' is not known",
                    "declare the shapes of the model's inputs (symbolic sizes will do)"));
  }

  public Optional<Integer> findRank(String value) {
    return dims(value).map(List::size);
  }

  public Optional<List<Dim>> dims(String value) {
    return types.dims(value);
  }

  public Optional<ElementType> elementType(String value) {
    return types.elementType(value);
  }

  /** All sizes when they are known before the run. */
  public Optional<long[]> sizes(String value) {
    return dims(value)
        .filter(d -> d.stream().allMatch(Dim.Fixed.class::isInstance))
        .map(d -> d.stream().mapToLong(one -> ((Dim.Fixed) one).size()).toArray());
  }

  /** A value that is known before the run. */
  public Optional<Tensor> constant(String value) {
    return adjoints.constant(value);
  }

  /** Integers that are known before the run. */
  public Optional<long[]> longs(String value) {
    return constant(value)
        .filter(t -> t.type() == ElementType.INT64 || t.type() == ElementType.INT32)
        .map(Tensor::toLongs);
  }

  /** Counts an axis from the front. */
  public int axis(long axis, int rank) {
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** The error of a rule that does not cover what the node asks for. */
  public CompressorException unsupported(String what, String hint) {
    return new CompressorException(
        ErrorCode.MODEL, node.label(), "no gradient for " + node.opType() + ": " + what, hint);
  }
}
