package io.compressor.pass;

import io.compressor.graph.Site;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What became of one site.
 *
 * @param choice in words a user knows: {@code int8}, {@code 4-bit g32 gptq}
 * @param encoding id of the written form
 * @param kernel operator that ONNX Runtime is expected to run
 * @param minOrtVersion oldest ONNX Runtime whose CPU kernels run this form well
 * @param bytesBefore of the weight as it was stored
 * @param bytesAfter of everything stored for it now
 * @param errorPredicted output error ‖(W−Q)X‖² on calibration rows, relative to ‖WX‖² on the rows
 *     that it was judged on, when known
 * @param errorMeasured ‖(W−Q)X‖² / ‖WX‖² on held-out rows, when known
 * @param baselineMs of the original, as probed; empty when not probed
 * @param latencyMs of the chosen form, as probed
 * @param reason why this form
 */
public record SiteDecision(
    Site site,
    String pass,
    String choice,
    String encoding,
    String kernel,
    String minOrtVersion,
    long bytesBefore,
    long bytesAfter,
    OptionalDouble errorPredicted,
    OptionalDouble errorMeasured,
    OptionalDouble baselineMs,
    OptionalDouble latencyMs,
    String reason,
    List<String> warnings) {
  public SiteDecision {
    warnings = List.copyOf(warnings);
  }
}
