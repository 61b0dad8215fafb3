package io.compressor.graph.rewrite;

import io.compressor.formats.pack.BitPacking;
import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueTypes;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Operators of quantized weights as plain ones that have gradients. */
public final class WrittenOut {
  private static final Attribute TO_FLOAT = Attribute.of("to", (long) ElementType.FLOAT.onnxId());

  private final Map<String, Tensor> constants;
  private final GraphIndex index;
  private final ValueTypes types;
  private final GraphEditor editor;

  private WrittenOut(Model model) {
    this.constants = model.graph().initializers();
    this.index = new GraphIndex(model);
    this.types = new ValueTypes(index);
    this.editor = new GraphEditor(model);
  }

  /** Quantized weights and products of the runtime's own, where they can be written out. */
  public static Model of(Model model) {
    WrittenOut one = new WrittenOut(model);
    for (Node node : model.graph().nodes()) {
      switch (node.opType()) {
        case "DequantizeLinear" -> one.dequantize(node);
        case "MatMulIntegerToFloat" -> one.integerProduct(node);
        case "MatMulNBits" -> one.blockProduct(node);
        default -> {}
      }
    }
    return one.editor.build();
  }

  /** (codes − zeros) · scales, blocks or channels on an axis of their own. */
  private void dequantize(Node node) {
    String codes = node.inputs().get(0);
    String scale = node.inputs().get(1);
    if (index.producer(codes).filter(n -> n.opType().endsWith("QuantizeLinear")).isPresent()) {
      return;
    }
    Tensor scales = constants.get(scale);
    Optional<Integer> rank =
        Optional.ofNullable(constants.get(codes)).map(Tensor::rank).or(() -> types.rank(codes));
    long block = node.intAttribute("block_size", 0);
    if (scales == null || (scales.elements() > 1 && rank.isEmpty())) {
      return;
    }
    List<Node> nodes = new ArrayList<>();
    String levels = add(nodes, "Cast", List.of(codes), TO_FLOAT);
    Optional<String> zeros = node.input(2).map(z -> add(nodes, "Cast", List.of(z), TO_FLOAT));
    String shape = "";
    if (scales.elements() > 1) {
      int r = rank.orElseThrow();
      int axis = (int) node.intAttribute("axis", 1);
      axis = axis < 0 ? axis + r : axis;
      if (block == 0) {
        long[] along = new long[r];
        Arrays.fill(along, 1);
        along[axis] = scales.elements();
        shape = longs(along);
      } else {
        Tensor stored = constants.get(codes);
        if (stored == null || stored.dims()[axis] % block != 0) {
          return;
        }
        shape = longs(inserted(scales.dims(), axis + 1, 1));
        long[] cut = inserted(stored.dims(), axis + 1, block);
        cut[axis] /= block;
        levels = add(nodes, "Reshape", List.of(levels, longs(cut)));
      }
    }
    String factors = shape.isEmpty() ? scale : add(nodes, "Reshape", List.of(scale, shape));
    String centred = levels;
    if (zeros.isPresent()) {
      String z = shape.isEmpty() ? zeros.get() : add(nodes, "Reshape", List.of(zeros.get(), shape));
      centred = add(nodes, "Sub", List.of(levels, z));
    }
    String output = node.outputs().get(0);
    if (shape.isEmpty() || block == 0) {
      nodes.add(Node.of("Mul", List.of(centred, factors), List.of(output)));
    } else {
      String blocks = add(nodes, "Mul", List.of(centred, factors));
      String whole = longs(java.util.Objects.requireNonNull(constants.get(codes)).dims());
      nodes.add(Node.of("Reshape", List.of(blocks, whole), List.of(output)));
    }
    editor.replace(output, nodes);
  }

  /** As the graph was before ONNX Runtime's operator was chosen. */
  private void integerProduct(Node node) {
    List<String> in = node.inputs();
    if (node.input(5).isPresent() || node.input(6).isPresent()) {
      return;
    }
    List<Node> nodes = new ArrayList<>();
    List<String> factors = new ArrayList<>(List.of(in.get(0), in.get(1)));
    node.input(4).ifPresent(factors::add);
    String sum = add(nodes, "MatMulInteger", factors);
    String cast = add(nodes, "Cast", List.of(sum), TO_FLOAT);
    String scales = add(nodes, "Mul", List.of(in.get(2), in.get(3)));
    nodes.add(Node.of("Mul", List.of(cast, scales), node.outputs()));
    editor.replace(node.outputs().get(0), nodes);
  }

  /** x · ((codes − zeros) · scales)ᵀ + bias. */
  private void blockProduct(Node node) {
    Tensor codes = constants.get(node.inputs().get(1));
    if (codes == null || node.input(4).isPresent()) {
      return;
    }
    int bits = (int) node.intAttribute("bits", 4);
    int block = (int) node.intAttribute("block_size", 32);
    int rows = (int) node.intAttribute("N", 0);
    int cols = (int) node.intAttribute("K", 0);
    int blocks = (cols + block - 1) / block;
    float[] levels = levels(node, codes, bits, rows, blocks, block);
    String base = node.outputs().get(0);
    String stored =
        editor.addInitializer(
            Tensor.ofFloats(
                editor.freshName(base + "/levels"), new long[] {rows, blocks, block}, levels));
    List<Node> nodes = new ArrayList<>();
    String scales = add(nodes, "Reshape", List.of(node.inputs().get(2), longs(rows, blocks, 1)));
    String scaled = add(nodes, "Mul", List.of(stored, scales));
    String wide = add(nodes, "Reshape", List.of(scaled, longs(rows, (long) blocks * block)));
    String whole =
        blocks * block == cols
            ? wide
            : add(nodes, "Slice", List.of(wide, longs(0), longs(cols), longs(1)));
    String turned =
        add(nodes, "Transpose", List.of(whole), Attribute.of("perm", new long[] {1, 0}));
    List<String> factors = List.of(node.inputs().get(0), turned);
    Optional<String> bias = node.input(5);
    if (bias.isPresent()) {
      String product = add(nodes, "MatMul", factors);
      nodes.add(Node.of("Add", List.of(product, bias.get()), node.outputs()));
    } else {
      nodes.add(Node.of("MatMul", factors, node.outputs()));
    }
    editor.replace(base, nodes);
  }

  private float[] levels(Node node, Tensor codes, int bits, int rows, int blocks, int block) {
    byte[] q = BitPacking.unpack(codes.data().toArray(), bits, rows * blocks * block);
    Optional<byte[]> packed =
        node.input(3).map(z -> java.util.Objects.requireNonNull(constants.get(z)).data().toArray());
    int perRow = BitPacking.packedLength(blocks, bits);
    float[] levels = new float[q.length];
    for (int r = 0; r < rows; r++) {
      int at = r * perRow;
      byte[] zeros =
          packed
              .map(p -> BitPacking.unpack(Arrays.copyOfRange(p, at, at + perRow), bits, blocks))
              .orElse(new byte[0]);
      for (int i = 0; i < blocks * block; i++) {
        int z = zeros.length == 0 ? 1 << (bits - 1) : zeros[i / block] & 0xff;
        levels[r * blocks * block + i] = (q[r * blocks * block + i] & 0xff) - z;
      }
    }
    return levels;
  }

  private String add(List<Node> nodes, String op, List<String> inputs, Attribute... attributes) {
    String output = editor.freshName("written/" + op.toLowerCase(java.util.Locale.ROOT));
    nodes.add(Node.of(op, inputs, List.of(output), attributes));
    return output;
  }

  private String longs(long... values) {
    return editor.addInitializer(
        Tensor.ofLongs(editor.freshName("written/sizes"), new long[] {values.length}, values));
  }

  private static long[] inserted(long[] dims, int at, long size) {
    long[] more = new long[dims.length + 1];
    System.arraycopy(dims, 0, more, 0, at);
    more[at] = size;
    System.arraycopy(dims, at, more, at + 1, dims.length - at);
    return more;
  }
}
