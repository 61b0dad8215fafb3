package io.compressor.graph;

import io.compressor.graph.SiteReading.BiasSource;
import io.compressor.graph.SiteReading.Refused;
import io.compressor.graph.SiteReading.Weight;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** Reads one node as y = x · Wᵀ + b; the only place that knows the operators that hold weights. */
final class SiteReader {
  private final GraphIndex index;
  private final Set<ElementType> types;

  SiteReader(GraphIndex index) {
    this(index, Set.of(ElementType.FLOAT));
  }

  /** As above, for weights of any of the given element types. */
  SiteReader(GraphIndex index, Set<ElementType> types) {
    this.index = index;
    this.types = types;
  }

  /** Empty when the node holds no weight of the four kinds at all. */
  Optional<SiteReading> read(Node node) {
    if (node.outputs().isEmpty() || node.input(0).isEmpty() || node.input(1).isEmpty()) {
      return Optional.empty();
    }
    if (node.is("MatMul")) {
      return matMul(node);
    }
    if (node.is("Gemm")) {
      return source(node, 1).map(w -> gemm(node, w));
    }
    if (node.is("Conv")) {
      return source(node, 1).map(w -> conv(node, w));
    }
    if (node.is("Gather")) {
      return source(node, 0).flatMap(w -> gather(node, w));
    }
    return Optional.empty();
  }

  private Optional<SiteReading> matMul(Node node) {
    Optional<ConstantSource> left = source(node, 0);
    Optional<ConstantSource> right = source(node, 1);
    if (left.isPresent() && right.isPresent()) {
      return Optional.of(refuse(right.get(), "both operands of the MatMul are constant"));
    }
    return right.map(w -> matMul(node, w, 1)).or(() -> left.map(w -> matMul(node, w, 0)));
  }

  private SiteReading matMul(Node node, ConstantSource w, int at) {
    Tensor t = w.tensor();
    if (t.rank() != 2) {
      return refuse(
          w, "constant operand of the MatMul has rank %d, expected 2".formatted(t.rank()));
    }
    return check(w)
        .orElseGet(
            () -> {
              WeightLayout layout =
                  at == 1
                      ? new WeightLayout(size(t, 1), size(t, 0), true)
                      : new WeightLayout(size(t, 0), size(t, 1), false);
              Optional<BiasSource> bias =
                  at == 1 ? addedBias(node, layout.out()) : Optional.empty();
              return new Weight(
                  SiteKind.MATMUL, node, at, w, layout, bias, node.inputs().get(1 - at));
            });
  }

  private SiteReading gemm(Node node, ConstantSource w) {
    Tensor t = w.tensor();
    if (t.rank() != 2) {
      return refuse(w, "B of the Gemm has rank %d, expected 2".formatted(t.rank()));
    }
    if (node.intAttribute("transA", 0) != 0) {
      return refuse(w, "the Gemm transposes its input (transA = 1)");
    }
    if (node.floatAttribute("alpha", 1) != 1) {
      return refuse(w, "the Gemm scales its product (alpha != 1)");
    }
    boolean stored = node.intAttribute("transB", 0) != 0;
    int out = stored || t.rank() != 2 ? size(t, 0) : size(t, 1);
    Optional<BiasSource> bias = Optional.empty();
    if (node.input(2).isPresent()) {
      bias = node.floatAttribute("beta", 1) == 1 ? ownBias(node, out) : Optional.empty();
      if (bias.isEmpty()) {
        return refuse(w, "the Gemm's C is not a constant bias [%d] with beta 1".formatted(out));
      }
    } else {
      bias = addedBias(node, out);
    }
    Optional<BiasSource> found = bias;
    return check(w)
        .orElseGet(
            () ->
                new Weight(
                    SiteKind.GEMM,
                    node,
                    1,
                    w,
                    new WeightLayout(out, (int) (t.elements() / Math.max(1, out)), !stored),
                    found,
                    node.inputs().get(0)));
  }

  private SiteReading conv(Node node, ConstantSource w) {
    Tensor t = w.tensor();
    if (t.rank() < 3) {
      return refuse(w, "weight of the Conv has rank %d, expected 3 or more".formatted(t.rank()));
    }
    int out = size(t, 0);
    Optional<BiasSource> bias = ownBias(node, out);
    if (node.input(2).isPresent() && bias.isEmpty()) {
      return refuse(w, "the bias of the Conv is not a constant [%d]".formatted(out));
    }
    return check(w)
        .orElseGet(
            () ->
                new Weight(
                    SiteKind.CONV,
                    node,
                    1,
                    w,
                    new WeightLayout(out, (int) (t.elements() / Math.max(1, out)), false),
                    bias,
                    node.inputs().get(0)));
  }

  private Optional<SiteReading> gather(Node node, ConstantSource w) {
    Tensor t = w.tensor();
    if (!t.type().isFloat()) {
      return Optional.empty(); // shapes, ids and masks, not weights
    }
    if (t.rank() != 2) {
      return t.rank() < 2
          ? Optional.empty()
          : Optional.of(
              refuse(w, "table of the Gather has rank %d, expected 2".formatted(t.rank())));
    }
    long axis = node.intAttribute("axis", 0);
    if (axis != 0 && axis != -2) {
      return Optional.of(refuse(w, "the Gather picks along axis %d, expected 0".formatted(axis)));
    }
    return Optional.of(
        check(w)
            .orElseGet(
                () ->
                    new Weight(
                        SiteKind.GATHER,
                        node,
                        0,
                        w,
                        new WeightLayout(size(t, 0), size(t, 1), false),
                        Optional.empty(),
                        node.inputs().get(1))));
  }

  private Optional<SiteReading> check(ConstantSource w) {
    Tensor t = w.tensor();
    if (!t.type().isFloat()) {
      return Optional.of(refuse(w, "the weight is " + t.type() + ", not a float type"));
    }
    if (!types.contains(t.type())) {
      return Optional.of(
          refuse(w, "the node computes in " + t.type() + "; only FLOAT is compressed"));
    }
    if (t.elements() == 0) {
      return Optional.of(refuse(w, "the weight is empty"));
    }
    if (t.elements() > Integer.MAX_VALUE - 8) {
      return Optional.of(
          refuse(w, "the weight has %d elements, more than 2^31".formatted(t.elements())));
    }
    return Optional.empty();
  }

  /** Input 2 as a bias [out]: a constant [out] or [1, out], or one number for all. */
  private Optional<BiasSource> ownBias(Node node, int out) {
    return node.input(2)
        .flatMap(index::source)
        .filter(b -> types.contains(b.tensor().type()))
        .flatMap(
            b -> {
              Tensor t = b.tensor();
              long[] dims = t.dims();
              boolean row =
                  t.elements() == out && (dims.length == 0 || dims[dims.length - 1] == out);
              if (row) {
                return Optional.of(
                    new BiasSource(Optional.empty(), b.root(), TensorViews.withDims(t, out)));
              }
              if (t.elements() != 1 || node.is("Conv") || t.type() != ElementType.FLOAT) {
                return Optional.empty();
              }
              float[] filled = new float[out];
              Arrays.fill(filled, t.toFloats()[0]);
              return Optional.of(
                  new BiasSource(
                      Optional.empty(),
                      b.root(),
                      Tensor.ofFloats(t.name(), new long[] {out}, filled)));
            });
  }

  /** The constant [out] that the only reader of the node's output adds to it. */
  private Optional<BiasSource> addedBias(Node node, int out) {
    String y = node.outputs().get(0);
    return index
        .soleConsumer(y)
        .filter(add -> add.is("Add") && add.inputs().size() == 2)
        .flatMap(
            add -> {
              String other = add.inputs().get(add.inputs().get(0).equals(y) ? 1 : 0);
              return index
                  .source(other)
                  .filter(b -> types.contains(b.tensor().type()))
                  .filter(b -> b.tensor().rank() == 1 && b.tensor().elements() == out)
                  .map(b -> new BiasSource(Optional.of(add), b.root(), b.tensor()));
            });
  }

  private Optional<ConstantSource> source(Node node, int input) {
    return node.input(input).flatMap(index::source);
  }

  private static Refused refuse(ConstantSource w, String reason) {
    return new Refused(w.root(), reason);
  }

  private static int size(Tensor t, int axis) {
    return (int) Math.min(Integer.MAX_VALUE, t.dims()[axis]);
  }
}
