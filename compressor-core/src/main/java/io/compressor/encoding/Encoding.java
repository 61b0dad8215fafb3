package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import java.util.Optional;

/**
 * One way to write a compressed weight into an ONNX graph. Stateless; what emissions into one model
 * share lives in {@link Emission}.
 */
public interface Encoding {
  /** Stable name, used in recipes, probe tables and reports. */
  String id();

  /** What the site's arithmetic becomes. */
  Arithmetic arithmetic();

  /** Whether any levels can be written, not just evenly spaced ones. */
  default boolean holdsCodebooks() {
    return false;
  }

  /** Whether the nodes written are standard ONNX only, so that any runtime can load them. */
  boolean isPortable();

  /**
   * Why this site cannot be written this way, as a sentence for the report; empty when it can.
   *
   * @param spec what the pass would like; {@link #grid} says what it gets
   */
  default Optional<String> refuse(Site site, QuantSpec spec, EncodingContext context) {
    return refuseSite(site, spec)
        .or(() -> Sites.refuseMixedUses(site))
        .or(() -> context.missing(opset(spec), minOrtVersion(spec)));
  }

  /** The part of {@link #refuse} that is the encoding's own: kind, bits and groups. */
  Optional<String> refuseSite(Site site, QuantSpec spec);

  /** The grid that a solver has to fit, so that {@link #emit} writes it without loss. */
  GridRequest grid(Site site, QuantSpec spec, EncodingContext context);

  /** Bytes of all initializers that are written for the weight, tables shared by sites excluded. */
  long bytes(Site site, QuantSpec spec);

  /** How much less than {@link #bytes} this weight takes, as one with many zeros may. */
  default long saved(Site site, QuantizedWeight weight) {
    return 0;
  }

  /** Lowest version of the standard operator set that the written nodes need. */
  long opset(QuantSpec spec);

  /** First ONNX Runtime release whose CPU kernels run this form well, like {@code 1.25}. */
  String minOrtVersion(QuantSpec spec);

  /** The operator that multiplies the weight after ONNX Runtime has optimised the graph. */
  String kernel(Site site);

  /**
   * Names what a measurement of this encoding measures: two encodings with the same form run the
   * same kernel on the same data after load. {@link ProbeTable#FLOAT} = the original's own kernel.
   */
  String form(QuantSpec spec);

  /**
   * Replaces the site's node, for every use of a shared weight.
   *
   * @param weight codes [out × in] on the grid that was asked for
   * @throws io.compressor.error.CompressorException MODEL when the grid's numbers are not finite
   */
  void emit(Emission emission, Site site, QuantizedWeight weight, EmitOptions options);
}
