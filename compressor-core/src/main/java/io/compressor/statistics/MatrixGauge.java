package io.compressor.statistics;

import io.compressor.ir.Attribute;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Moments whose products are computed where the activations are: only matrices leave the session.
 * The way for batches with more rows than columns, and for grouped convolutions.
 */
final class MatrixGauge extends MomentGauge {
  private final String products;
  private final String sums;
  private final String shape;
  private final int rowAxis;
  private final Optional<String> weight;

  private MatrixGauge(
      String value,
      List<String> names,
      int[] geometry,
      List<String> outputs,
      int rowAxis,
      Optional<String> weight) {
    super(value, names, geometry[0], geometry[1]);
    this.products = outputs.get(0);
    this.sums = outputs.get(1);
    this.shape = outputs.get(2);
    this.rowAxis = rowAxis;
    this.weight = weight;
  }

  /** (x·w)ᵀ x of rows x [rows, size]. */
  static MatrixGauge dense(
      Emit emit, String value, List<String> names, int size, String x, Optional<String> w) {
    String weighted = w.map(name -> emit.node("Mul", List.of(x, name))).orElse(x);
    String products = emit.node("MatMul", List.of(emit.transpose(weighted, 1, 0), x));
    return new MatrixGauge(
        value,
        names,
        new int[] {1, size},
        List.of(products, emit.reduce("ReduceSum", x, 0), emit.shape(x)),
        0,
        w.map(name -> emit.reduce("ReduceSum", name)));
  }

  /** Group by group, of patches x [groups, size, rows]. */
  static MatrixGauge grouped(
      Emit emit, String value, List<String> names, int groups, int size, String x) {
    String turned = emit.node("Transpose", List.of(x), Attribute.of("perm", new long[] {0, 2, 1}));
    return new MatrixGauge(
        value,
        names,
        new int[] {groups, size},
        List.of(
            emit.node("MatMul", List.of(x, turned)), emit.reduce("ReduceSum", x, 2), emit.shape(x)),
        2,
        Optional.empty());
  }

  @Override
  List<String> outputs() {
    List<String> all = new ArrayList<>(List.of(products, sums, shape));
    weight.ifPresent(all::add);
    return all;
  }

  @Override
  @Nullable Runnable read(Map<String, Tensor> run, Span span) {
    float[] batchSums = get(run, sums).toFloats();
    float[] batchProducts = get(run, products).toFloats();
    long rows = get(run, shape).toLongs()[rowAxis];
    double batchWeight = weight.isPresent() ? get(run, weight.get()).toFloats()[0] : rows;
    if (!isFinite(batchSums) || !isFinite(batchProducts) || !Double.isFinite(batchWeight)) {
      return null;
    }
    return () -> {
      sums(span.part()).addRows(batchSums, rows, batchWeight);
      sums(span.part()).addProducts(batchProducts);
    };
  }
}
