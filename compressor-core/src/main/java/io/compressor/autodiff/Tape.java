package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.runtime.Taps;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Writes nodes after those of a model, in the spelling of operator set 18 and later. Arithmetic
 * constants have one element type, that of the loss.
 */
public final class Tape {
  private final Model model;
  private final String prefix;
  private final ElementType type;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();

  /**
   * @param prefix of the names of all new values; no name of the model starts with it
   * @param type of {@link #number} constants, FLOAT or DOUBLE
   */
  public Tape(Model model, String prefix, ElementType type) {
    this.model = model;
    this.prefix = prefix;
    this.type = type;
  }

  /** The whole model followed by what was written, with {@code outputs} as further outputs. */
  public Model append(Collection<String> outputs) {
    return Taps.append(model, nodes, constants, outputs);
  }

  public ElementType type() {
    return type;
  }

  /** A node with one output; returns the output's name. */
  public String node(String op, List<String> inputs, Attribute... attributes) {
    return nodes(op, inputs, 1, attributes).get(0);
  }

  /** A node with several outputs. */
  public List<String> nodes(String op, List<String> inputs, int outputs, Attribute... attributes) {
    String base = prefix + nodes.size();
    List<String> names =
        LongStream.range(0, outputs).mapToObj(i -> i == 0 ? base : base + "_" + i).toList();
    nodes.add(Node.of(op, inputs, names, attributes));
    return names;
  }

  /** Gives a value of ours a name of its own, behind the prefix. */
  public String named(String value, String name) {
    nodes.add(Node.of("Identity", List.of(value), List.of(prefix + name)));
    return prefix + name;
  }

  public String constant(String key, Tensor value) {
    String name = prefix + key;
    constants.putIfAbsent(name, value.withName(name));
    return name;
  }

  /** A scalar of the tape's type. */
  public String number(double value) {
    if (type == ElementType.DOUBLE) {
      String key = "d" + Long.toHexString(Double.doubleToLongBits(value));
      return constant(key, Tensor.ofDoubles("", new long[0], new double[] {value}));
    }
    float rounded = (float) value;
    String key = "f" + Integer.toHexString(Float.floatToIntBits(rounded));
    return constant(key, Tensor.ofFloats("", new long[0], new float[] {rounded}));
  }

  /** An int64 vector. */
  public String longs(long... values) {
    String key = "i" + java.util.Arrays.toString(values).replaceAll("[^-\\d]+", "_");
    return constant(key, Tensor.ofLongs("", new long[] {values.length}, values));
  }

  /** An int64 scalar. */
  public String whole(long value) {
    return constant("s" + value, Tensor.ofLongs("", new long[0], value));
  }

  public String add(String a, String b) {
    return node("Add", List.of(a, b));
  }

  public String sub(String a, String b) {
    return node("Sub", List.of(a, b));
  }

  public String mul(String a, String b) {
    return node("Mul", List.of(a, b));
  }

  public String mul(String a, double b) {
    return b == 1 ? a : mul(a, number(b));
  }

  public String div(String a, String b) {
    return node("Div", List.of(a, b));
  }

  public String neg(String a) {
    return node("Neg", List.of(a));
  }

  public String unary(String op, String a) {
    return node(op, List.of(a));
  }

  public String where(String condition, String a, String b) {
    return node("Where", List.of(condition, a, b));
  }

  /** {@code a} where the condition holds, 0 elsewhere. */
  public String masked(String condition, String a) {
    return where(condition, a, number(0));
  }

  public String cast(String x, ElementType to) {
    return node("Cast", List.of(x), Attribute.of("to", (long) to.onnxId()));
  }

  /** A truth value or integer as a number of the tape's type. */
  public String number(String x) {
    return cast(x, type);
  }

  public String shape(String x) {
    return node("Shape", List.of(x));
  }

  /** Size of one axis, int64 [1]; the axis may count from the end. */
  public String size(String x, long axis) {
    Attribute start = Attribute.of("start", axis);
    return axis == -1
        ? node("Shape", List.of(x), start)
        : node("Shape", List.of(x), start, Attribute.of("end", axis + 1));
  }

  /** The number of elements divided by those of another, as a scalar of the tape's type. */
  public String elements(String x) {
    return number(node("Size", List.of(x)));
  }

  public String concat(long axis, List<String> parts) {
    return parts.size() == 1 ? parts.get(0) : node("Concat", parts, Attribute.of("axis", axis));
  }

  public String transpose(String x, long... perm) {
    return node("Transpose", List.of(x), Attribute.of("perm", perm));
  }

  /** Swaps the last two of {@code rank} axes. */
  public String swapLast(String x, int rank) {
    long[] perm = LongStream.range(0, rank).toArray();
    perm[rank - 1] = rank - 2L;
    perm[rank - 2] = rank - 1L;
    return transpose(x, perm);
  }

  /** Dimensions as ONNX's Reshape reads them: −1 is what is left, 0 is copied. */
  public String reshape(String x, long... dims) {
    return node("Reshape", List.of(x, longs(dims)));
  }

  /** To a shape given at run time, in which 0 means zero elements. */
  public String reshapeTo(String x, String shape) {
    return node("Reshape", List.of(x, shape), Attribute.of("allowzero", 1L));
  }

  public String reshapeLike(String x, String like) {
    return reshapeTo(x, shape(like));
  }

  public String unsqueeze(String x, long... axes) {
    return node("Unsqueeze", List.of(x, longs(axes)));
  }

  public String squeeze(String x, long... axes) {
    return node("Squeeze", List.of(x, longs(axes)));
  }

  public String expandLike(String x, String like) {
    return node("Expand", List.of(x, shape(like)));
  }

  /** Elements [from, to) along one axis; the bounds are int64 [1]. */
  public String slice(String x, String from, String to, long axis) {
    return node("Slice", List.of(x, from, to, longs(axis)));
  }

  /** Sum over axes, which stay as axes of size 1. */
  public String sumKept(String x, long... axes) {
    return node("ReduceSum", List.of(x, longs(axes)), Attribute.of("keepdims", 1L));
  }

  /** Sum over axes, which go; over all when none is given. */
  public String sum(String x, long... axes) {
    Attribute drop = Attribute.of("keepdims", 0L);
    return axes.length == 0
        ? node("ReduceSum", List.of(x), drop)
        : node("ReduceSum", List.of(x, longs(axes)), drop);
  }

  /** The position of every element in order, int64 in the shape of another value. */
  public String positions(String like) {
    String size = node("Size", List.of(like));
    return reshapeLike(node("Range", List.of(whole(0), size, whole(1))), like);
  }

  /** A vector of zeros, as many as another value has elements. */
  public String flatZerosLike(String x) {
    return filled(reshape(node("Size", List.of(x)), 1), 0);
  }

  /**
   * Adds {@code updates} to the parts of {@code data} at {@code indices}, as ScatterND has them.
   */
  public String scatterAdded(String data, String indices, String updates) {
    return node("ScatterND", List.of(data, indices, updates), Attribute.of("reduction", "add"));
  }

  /** −1, 0 or 1; made of comparisons, through which no gradient passes. */
  public String sign(String x) {
    String above = number(node("Greater", List.of(x, number(0))));
    return sub(above, number(node("Less", List.of(x, number(0)))));
  }

  /** Zeros in the shape of another value. */
  public String zerosLike(String x) {
    return filled(shape(x), 0);
  }

  /** A tensor of a shape given at run time, of one number. */
  public String filled(String shape, double value) {
    return node("Expand", List.of(number(value), shape));
  }

  /** [m, k] · [k, n], with either side read transposed; shapes are those before the transpose. */
  public String gemm(String a, boolean transA, String b, boolean transB) {
    return node(
        "Gemm",
        List.of(a, b),
        Attribute.of("transA", transA ? 1L : 0L),
        Attribute.of("transB", transB ? 1L : 0L));
  }
}
