package io.compressor.graph.rewrite;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The weight and bias of one Conv, Gemm or MatMul, open for exact changes in double precision and
 * then written back. Shapes: W [out × in] row-major, bias [out].
 */
final class LinearLayer {
  private final Site site;
  private double[] weight;
  private double[] bias;
  private long[] dims;
  private int out;
  private int in;

  LinearLayer(Site site) {
    this.site = site;
    this.out = site.out();
    this.in = site.in();
    this.dims = site.weight().dims();
    float[] w = site.weightMatrix();
    this.weight = new double[w.length];
    for (int i = 0; i < w.length; i++) {
      weight[i] = w[i];
    }
    this.bias = new double[out];
    site.bias()
        .map(Tensor::toFloats)
        .ifPresent(
            b -> {
              for (int i = 0; i < out; i++) {
                bias[i] = b[i];
              }
            });
  }

  Site site() {
    return site;
  }

  int group() {
    return site.kind() == SiteKind.CONV ? (int) site.node().intAttribute("group", 1) : 1;
  }

  /** Channels of the input value; for Gemm and MatMul, its columns. */
  int inputChannels() {
    return site.kind() == SiteKind.CONV ? (int) dims[1] * group() : in;
  }

  /** y becomes scale · y + shift. */
  void changeOutputs(ChannelAffine affine) {
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        weight[o * in + i] *= affine.scale()[o];
      }
      bias[o] = bias[o] * affine.scale()[o] + affine.shift()[o];
    }
  }

  /**
   * The layer reads x where it read scale · x + shift: the scale goes into the columns, the shift
   * into the bias. Right at every position that no zero padding reaches.
   *
   * @param spatial positions a channel covers in a flattened input; 1 otherwise
   */
  void absorbInput(ChannelAffine affine, int spatial) {
    for (int o = 0; o < out; o++) {
      double sum = 0;
      for (int i = 0; i < in; i++) {
        int c = channel(o, i, spatial);
        sum += weight[o * in + i] * affine.shift()[c];
        weight[o * in + i] *= affine.scale()[c];
      }
      bias[o] += sum;
    }
  }

  /** As {@link #absorbInput} for a Conv, but the shift arrives through an extra input channel. */
  void absorbInputThroughChannel(ChannelAffine affine, double constant) {
    int kernel = in / (int) dims[1];
    double[] extra = new double[out * kernel];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        int c = channel(o, i, 1);
        extra[o * kernel + i % kernel] += weight[o * in + i] * affine.shift()[c] / constant;
        weight[o * in + i] *= affine.scale()[c];
      }
    }
    addColumns(extra, kernel);
  }

  /** One more input channel that has no influence. */
  void ignoreExtraChannel(int spatial) {
    int width = site.kind() == SiteKind.CONV ? in / (int) dims[1] : spatial;
    addColumns(new double[out * width], width);
  }

  /** One more output channel that is {@code constant} everywhere (Conv of group 1). */
  void addConstantOutput(double constant) {
    weight = java.util.Arrays.copyOf(weight, (out + 1) * in);
    bias = java.util.Arrays.copyOf(bias, out + 1);
    bias[out] = constant;
    out++;
    dims[0]++;
  }

  private void addColumns(double[] extra, int width) {
    double[] wider = new double[out * (in + width)];
    for (int o = 0; o < out; o++) {
      System.arraycopy(weight, o * in, wider, o * (in + width), in);
      System.arraycopy(extra, o * width, wider, o * (in + width) + in, width);
    }
    weight = wider;
    in += width;
    if (site.kind() == SiteKind.CONV) {
      dims[1]++;
    } else {
      dims[site.layout().transposed() ? 0 : 1] += width;
    }
  }

  private int channel(int o, int i, int spatial) {
    if (site.kind() != SiteKind.CONV) {
      return i / spatial;
    }
    int perGroup = (int) dims[1];
    return o / (out / group()) * perGroup + i / (in / perGroup);
  }

  /** Writes weight and bias through the editor, under their old names where nothing else reads. */
  void write(GraphEditor editor, GraphIndex index) {
    String y = site.output();
    float[] stored =
        new io.compressor.graph.WeightLayout(out, in, site.layout().transposed())
            .toStored(floats(weight));
    String name = site.node().inputs().get(site.weightInput());
    String w = put(editor, index, name, site.name(), Tensor.ofFloats(name, dims, stored));
    editor.update(y, n -> withInput(n, site.weightInput(), w));
    writeBias(editor, index);
  }

  private void writeBias(GraphEditor editor, GraphIndex index) {
    String y = site.output();
    Tensor values = Tensor.ofFloats("", new long[] {out}, floats(bias));
    String fresh = site.name().replaceFirst("([._/])weight$", "$1bias");
    String base = fresh.equals(site.name()) ? fresh + ".bias" : fresh;
    if (site.biasNode().isPresent()) {
      Node add = site.biasNode().get();
      int at = add.inputs().get(0).equals(y) ? 1 : 0;
      String b = put(editor, index, add.inputs().get(at), base, values);
      editor.update(add.outputs().get(0), n -> withInput(n, at, b));
    } else if (site.kind() != SiteKind.MATMUL) {
      if (site.bias().isPresent() || nonZero()) {
        String b = put(editor, index, site.node().input(2).orElse(""), base, values);
        editor.update(y, n -> withInput(n, 2, b));
      }
    } else if (nonZero()) {
      String b = editor.addInitializer(values.withName(base));
      String product = editor.freshName(y + "_product");
      editor.update(y, n -> n.withOutputs(List.of(product)));
      editor.insertAfter(product, List.of(Node.of("Add", List.of(product, b), List.of(y))));
    }
  }

  private boolean nonZero() {
    return java.util.Arrays.stream(bias).anyMatch(b -> b != 0);
  }

  private static String put(
      GraphEditor editor, GraphIndex index, String old, String base, Tensor tensor) {
    if (editor.initializer(old).isPresent() && index.soleConsumer(old).isPresent()) {
      editor.setInitializer(old, tensor);
      return old;
    }
    return editor.addInitializer(tensor.withName(base));
  }

  private static Node withInput(Node node, int at, String name) {
    List<String> inputs = new ArrayList<>(node.inputs());
    while (inputs.size() <= at) {
      inputs.add("");
    }
    inputs.set(at, name);
    return node.withInputs(inputs);
  }

  private static float[] floats(double[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return out;
  }
}
