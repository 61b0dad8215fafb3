package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.solver.QuantSpec;
import java.util.OptionalDouble;

/**
 * How a site will be written, and why.
 *
 * @param grid what the solver has to fit
 * @param predictedMs time of one run of the site; empty when not measured
 * @param floatMs time of the original; empty when not measured
 * @param bytes stored bytes of the weight
 * @param reason a sentence or two for the report
 */
public record EncodingChoice(
    Encoding encoding,
    GridRequest grid,
    OptionalDouble predictedMs,
    OptionalDouble floatMs,
    long bytes,
    String reason) {

  /** The same form with levels from a learnt codebook. */
  public EncodingChoice withCodebook() {
    return with(new GridRequest(GridFamily.FOLDED, grid.spec(), grid.limit()), bytes);
  }

  /**
   * The same form with a codebook of vectors and one scale for each output.
   *
   * @param vector weights that a code stands for, at least 2
   */
  public EncodingChoice withVectors(Site site, int vector) {
    QuantSpec spec = new QuantSpec(grid.spec().bits(), 0, true, grid.spec().clipSearch());
    GridRequest request = new GridRequest(GridFamily.VECTOR, spec, grid.limit(), vector);
    long codes = TableDecode.bytes(1 << spec.bits(), site.out(), site.in(), 1);
    long scales = encoding.bytes(site, spec) - codes;
    return with(
        request, scales + VectorDecode.bytes(request.codewords(), vector, site.out(), site.in()));
  }

  private EncodingChoice with(GridRequest other, long size) {
    return new EncodingChoice(encoding, other, predictedMs, floatMs, size, reason);
  }
}
