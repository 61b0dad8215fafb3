package io.compressor.graph.rotate;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that happens to one weight, as one node reads it, and to its bias: collected first and done
 * at once, so that it is rounded once.
 *
 * <p>With x' = x · Q_in for what it reads and y' = y · Q_out for what it writes: W' = Q_outᵀ · W ·
 * diag(gain) · Q_in and b' = (b + W · shift) · Q_out. A table has Q_out on its rows.
 */
final class WeightChange {
  private final Site site;
  private final List<LineOp> read = new ArrayList<>();
  private final List<LineOp> written = new ArrayList<>();
  private Optional<Tensor> shift = Optional.empty();

  WeightChange(Site site) {
    this.site = site;
  }

  Site site() {
    return site;
  }

  /** One more change of what the weight reads: of every row of W [out, in]. */
  void onRead(LineOp op) {
    read.add(op);
  }

  /** One more change of what the weight writes: of every column of W, or row of a table. */
  void onWritten(LineOp op) {
    written.add(op);
  }

  /** The constant [in] that a norm added to what the weight reads, and adds no more. */
  void absorbShift(Tensor constant) {
    shift = Optional.of(constant);
  }

  /** Whether the sum y + bias needs a bias that was not there. */
  boolean needsBias() {
    return shift.isPresent() && site.bias().isEmpty();
  }

  boolean changesBias() {
    return shift.isPresent() || (site.bias().isPresent() && !written.isEmpty());
  }

  Tensor weight() {
    int rows = (int) site.weight().dims()[0];
    int cols = (int) site.weight().dims()[1];
    if (site.kind() == SiteKind.GATHER) {
      return DerivedTensor.matrix(site.weight(), rows, cols, written, List.of());
    }
    boolean transposed = site.layout().transposed();
    return DerivedTensor.matrix(
        site.weight(), rows, cols, transposed ? written : read, transposed ? read : written);
  }

  Tensor bias(String name) {
    Tensor like = site.bias().orElse(site.weight()).withName(name);
    return DerivedTensor.of(like, new long[] {site.out()}, this::biasValues);
  }

  private float[] biasValues() {
    double[] sum = new double[site.out()];
    site.bias()
        .map(Tensor::toFloats)
        .ifPresent(
            b -> {
              for (int o = 0; o < sum.length; o++) {
                sum[o] = b[o];
              }
            });
    shift
        .map(Tensor::toFloats)
        .ifPresent(
            s -> {
              float[] w = site.weightMatrix();
              for (int o = 0; o < sum.length; o++) {
                for (int i = 0; i < s.length; i++) {
                  sum[o] += (double) w[o * s.length + i] * s[i];
                }
              }
            });
    written.forEach(op -> op.apply(sum));
    float[] values = new float[sum.length];
    for (int o = 0; o < sum.length; o++) {
      values[o] = (float) sum[o];
    }
    return values;
  }
}
