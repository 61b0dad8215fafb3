package io.compressor.graph.rotate;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.Site;
import io.compressor.ir.ElementType;
import io.compressor.ir.Float16;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes x · (L ⊗ R) in front of a weight:
 *
 * <pre>
 *   x [..., p·q] → Reshape [-1, p, q] → MatMul R [1, q, q] → MatMul Lᵀ [1, p, p] → Reshape as x
 * </pre>
 *
 * <p>The factors have three axes, so that nobody takes them for weights to compress.
 */
final class OnlineWriter {
  private final GraphEditor editor;

  OnlineWriter(GraphEditor editor) {
    this.editor = editor;
  }

  void write(RotationPlan.Online online) {
    Site site = online.site();
    // a bias that was added meanwhile has renamed the product
    String y = site.output();
    Node reader = editor.producer(y);
    String product = reader.opType().equals(site.node().opType()) ? y : reader.inputs().get(0);
    String x = editor.producer(product).inputs().get(0);
    double[][] left = online.rotation().left();
    double[][] right = online.rotation().right();
    List<Node> parts = new ArrayList<>();
    String shape = add(parts, x, "shape", "Shape", List.of(x));
    String cut =
        editor.addInitializer(
            Tensor.ofLongs(x + "_factors", new long[] {3}, -1, left.length, right.length));
    String value = add(parts, x, "cut", "Reshape", List.of(x, cut));
    ElementType type = site.weight().type();
    if (right.length > 1) {
      String r = editor.addInitializer(factor(x + "_right", right, false, type));
      value = add(parts, x, "turned", "MatMul", List.of(value, r));
    }
    if (left.length > 1) {
      String l = editor.addInitializer(factor(x + "_left", left, true, type));
      value = add(parts, x, "mixed", "MatMul", List.of(l, value));
    }
    String turned = add(parts, x, "rotated", "Reshape", List.of(value, shape));
    editor.insertBefore(product, parts);
    editor.update(product, n -> RotationWriter.withInput(n, 0, turned));
  }

  private String add(List<Node> parts, String x, String suffix, String type, List<String> inputs) {
    String output = editor.freshName(x + "_" + suffix);
    parts.add(Node.of(type, inputs, List.of(output)));
    return output;
  }

  private static Tensor factor(String name, double[][] m, boolean transpose, ElementType type) {
    int n = m.length;
    long[] dims = {1, n, n};
    ByteBuffer bytes = ByteBuffer.allocate(n * n * type.bits() / 8).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        float v = (float) (transpose ? m[j][i] : m[i][j]);
        if (type == ElementType.FLOAT) {
          bytes.putFloat(v);
        } else {
          bytes.putShort(Float16.fromFloat(v));
        }
      }
    }
    return Tensor.ofBytes(name, type, dims, bytes.array());
  }
}
