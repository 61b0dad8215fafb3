package io.compressor.autodiff;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.rewrite.WrittenOut;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A compressed model in a form that has gradients.
 *
 * <ul>
 *   <li>Quantized inputs are passed straight through: a pair of QuantizeLinear and DequantizeLinear
 *       has the gradient of the value before it.
 *   <li>Integer products keep their values; their gradient is that of the float product of the
 *       input and the integer weight.
 *   <li>Fused operators are written out ({@link WrittenOut}): MatMulNBits as a float product, so
 *       that its rounding of activations is left out while learning.
 * </ul>
 *
 * @param model computes what the compressed model computes, or nearly
 * @param surrogates for {@link GradientRequest}
 */
public record Differentiable(Model model, Map<String, Surrogate> surrogates) {
  /**
   * @param masters the model with what learns as float inputs or constants, in an operator set that
   *     has gradients
   */
  public static Differentiable of(Model masters) {
    Model model = WrittenOut.of(masters);
    GraphIndex index = new GraphIndex(model);
    Map<String, Surrogate> surrogates = new LinkedHashMap<>();
    for (Node node : model.graph().nodes()) {
      switch (node.opType()) {
        case "DynamicQuantizeLinear" ->
            surrogates.put(node.outputs().get(1), new Surrogate("constant", List.of(), at -> {}));
        case "DequantizeLinear" ->
            quantizer(index, node)
                .ifPresent(
                    q ->
                        surrogates.put(
                            node.outputs().get(0), Surrogate.straightThrough(q.inputs().get(0))));
        case "Cast" ->
            index
                .producer(node.inputs().get(0))
                .filter(n -> n.is("MatMulInteger"))
                .flatMap(product -> product(index, product))
                .ifPresent(s -> surrogates.put(node.outputs().get(0), s));
        default -> {}
      }
    }
    return new Differentiable(model, surrogates);
  }

  /** The node that made 8 bits of a float value. */
  private static Optional<Node> quantizer(GraphIndex index, Node reader) {
    return index
        .producer(reader.inputs().get(0))
        .filter(n -> n.is("QuantizeLinear") || n.is("DynamicQuantizeLinear"));
  }

  /** q·W is about (x / scale)·W. */
  private static Optional<Surrogate> product(GraphIndex index, Node product) {
    boolean centred = product.input(3).isEmpty();
    return quantizer(index, product)
        .filter(q -> centred)
        .map(
            q -> {
              String scale = q.is("QuantizeLinear") ? q.inputs().get(1) : q.outputs().get(1);
              String weight = product.inputs().get(1);
              return new Surrogate(
                  "ste-product",
                  List.of(q.inputs().get(0)),
                  at -> {
                    if (at.wants(0)) {
                      var t = at.tape();
                      String turned = t.transpose(t.number(weight), 1, 0);
                      String back = t.node("MatMul", List.of(at.gradient(), turned));
                      at.give(0, t.div(back, scale));
                    }
                  });
            });
  }

  /** Nodes that no surrogate helps with, for the error message; empty when all is well. */
  public List<String> hindrances() {
    List<String> found = new ArrayList<>();
    for (Node node : model.graph().nodes()) {
      if (List.of(
              "ConvInteger",
              "DynamicQuantizeMatMul",
              "MatMulIntegerToFloat",
              "QLinearMatMul",
              "QLinearConv")
          .contains(node.opType())) {
        found.add(node.opType() + " " + node.label());
      }
    }
    return found;
  }
}
