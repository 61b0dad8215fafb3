package io.compressor.graph;

import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * A weight seen as W [out, in], whatever holds it. All compression acts on sites; nothing else
 * matches operators.
 *
 * <p>For CONV, in = (channels / group) · kernel size, in the order channel, kernel row, kernel
 * column; for GATHER, out = vocabulary and in = width. y = x · Wᵀ + b in every case.
 *
 * @param name stable and unique: the weight's name where it has a telling one, else the node's
 *     label
 * @param node the node that reads the weight (for a shared weight, the first one)
 * @param weightInput which input of the node is the weight
 * @param weight the constant behind that input, {@code Constant}, {@code Identity}, {@code Cast}
 *     and {@code Transpose} chains resolved
 * @param layout how the tensor's axes map to [out, in]
 * @param biasNode the node that adds the bias when it is not the site's own (an Add after a MatMul)
 * @param bias the bias [out], when constant
 * @param input the value that the weight is multiplied with (ids for GATHER)
 * @param output the value that the node produces, before any separate bias Add
 * @param uses every node that reads this weight; more than one for tied weights
 */
public record Site(
    String name,
    SiteKind kind,
    Node node,
    int weightInput,
    Tensor weight,
    WeightLayout layout,
    Optional<Node> biasNode,
    Optional<Tensor> bias,
    String input,
    String output,
    List<Node> uses) {

  public Site {
    uses = List.copyOf(uses);
  }

  /** Rows of W: output channels, or table entries. */
  public int out() {
    return layout.out();
  }

  /** Columns of W: inputs to one output channel. */
  public int in() {
    return layout.in();
  }

  public long parameters() {
    return weight.elements();
  }

  public boolean isShared() {
    return uses.size() > 1;
  }

  /** W [out × in], row-major float32, freshly decoded from the mapped file. */
  public float[] weightMatrix() {
    return layout.toMatrix(weight.toFloats());
  }
}
