package io.compressor.statistics;

import io.compressor.ir.Attribute;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** First and second moments; calibration and hold-out apart. */
final class MomentGauge extends Gauge {
  private final List<String> names;
  private final int groups;
  private final int size;
  private final String products;
  private final String sums;
  private final String shape;
  private final int rowAxis;
  private final Optional<String> weight;
  private @Nullable MomentSums calibration;
  private @Nullable MomentSums holdout;

  private MomentGauge(
      String value,
      List<String> names,
      int groups,
      int size,
      String products,
      String sums,
      String shape,
      int rowAxis,
      Optional<String> weight) {
    super(value);
    this.names = names;
    this.groups = groups;
    this.size = size;
    this.products = products;
    this.sums = sums;
    this.shape = shape;
    this.rowAxis = rowAxis;
    this.weight = weight;
  }

  /** Of the rows of a value: (x·w)ᵀ x. */
  static MomentGauge dense(Views views, String value) {
    Emit emit = views.emit();
    String x = views.rows(value);
    Optional<String> w = views.weights(value);
    String weighted = w.map(name -> emit.node("Mul", List.of(x, name))).orElse(x);
    return new MomentGauge(
        value,
        List.of(value),
        1,
        views.channels(value),
        emit.node("MatMul", List.of(emit.transpose(weighted, 1, 0), x)),
        emit.reduce("ReduceSum", x, 0),
        emit.shape(x),
        0,
        w.map(name -> emit.reduce("ReduceSum", name)));
  }

  /** Of what a convolution reads, group by group. */
  static MomentGauge convolution(Views views, String value, List<String> names, ConvWindow window) {
    Emit emit = views.emit();
    String x = views.patches(value, window);
    return new MomentGauge(
        value,
        names,
        window.group(),
        window.columns(views.dims(value)[1]),
        emit.node(
            "MatMul",
            List.of(
                x, emit.node("Transpose", List.of(x), Attribute.of("perm", new long[] {0, 2, 1})))),
        emit.reduce("ReduceSum", x, 2),
        emit.shape(x),
        2,
        Optional.empty());
  }

  /** What the result is filed under. */
  List<String> names() {
    return names;
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
    long batchRows = get(run, shape).toLongs()[rowAxis];
    double batchWeight = weight.isPresent() ? get(run, weight.get()).toFloats()[0] : batchRows;
    if (!isFinite(batchSums) || !isFinite(batchProducts) || !Double.isFinite(batchWeight)) {
      return null;
    }
    return () -> sums(span.part()).add(batchProducts, batchSums, batchRows, batchWeight);
  }

  Optional<Moments> result(Span.Part part) {
    MomentSums found = part == Span.Part.HOLDOUT ? holdout : calibration;
    return Optional.ofNullable(found).map(MomentSums::result);
  }

  private MomentSums sums(Span.Part part) {
    MomentSums found = part == Span.Part.HOLDOUT ? holdout : calibration;
    if (found == null) {
      found = new MomentSums(groups, size);
      if (part == Span.Part.HOLDOUT) {
        holdout = found;
      } else {
        calibration = found;
      }
    }
    return found;
  }
}
