package io.compressor.graph.opset;

import io.compressor.ir.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One row for every standard operator whose schema or meaning changed between opset 7 and {@link
 * OpsetRaiser#HIGHEST}, by the version that brought the change. Operators without a row only
 * learned new element types or new optional attributes whose defaults keep the old meaning.
 *
 * <p>Source: the operator changelog of onnx 1.23 (all schemas compared pairwise).
 */
final class ConversionTable {
  private static final Map<String, Conversion> ROWS = new HashMap<>();

  static {
    row("Upsample", 9, AttributeToInput.floats("scales"));
    row("BatchNormalization", 9, Conversions::dropSpatial);
    row("Scan", 9, Conversion.refusing("of opset 8 has a batch axis that opset 9 dropped"));

    row("Upsample", 10, ResizeConversions::upsampleToResize);
    row("Slice", 10, AttributeToInput.longs("starts", "ends", "axes"));
    row("TopK", 10, AttributeToInput.vector("k"));
    row("Dropout", 10, Conversions::withoutMask);

    row("Clip", 11, Conversions::clipBounds);
    row("Pad", 11, Conversions::padInputs);
    row("Resize", 11, ResizeConversions::addRoi);
    row("Scatter", 11, (node, scope) -> List.of(Conversions.renamed(node, "ScatterElements")));

    row("Dropout", 12, (node, scope) -> List.of(Conversions.without(node, "ratio")));

    row("Squeeze", 13, AttributeToInput.longs("axes"));
    row("Unsqueeze", 13, AttributeToInput.longs("axes"));
    row("ReduceSum", 13, AttributeToInput.longs("axes"));
    row("Split", 13, AttributeToInput.longs("split"));
    row("Softmax", 13, SoftmaxConversion::convert);
    row("LogSoftmax", 13, SoftmaxConversion::convert);
    row("Hardmax", 13, SoftmaxConversion::convert);

    row("BatchNormalization", 14, Conversions::inferenceOnly);

    row(
        "RoiAlign",
        16,
        Conversions.withDefault("coordinate_transformation_mode", "output_half_pixel"));

    for (String reduce :
        List.of("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "SumSquare")) {
      row("Reduce" + reduce, 18, AttributeToInput.longs("axes"));
    }
    row("Split", 18, Conversions::countOutputs);

    row("GridSample", 20, Conversions::interpolationNames);
    row("DFT", 20, Conversions::dftAxis);

    row(
        "GroupNormalization",
        21,
        Conversion.refusing("of opset 18 scales groups, opset 21 scales channels"));
  }

  private ConversionTable() {}

  /** How to carry {@code node} over to {@code version}; empty when it is the same there. */
  static Optional<Conversion> find(Node node, long version) {
    return node.is(node.opType())
        ? Optional.ofNullable(ROWS.get(node.opType() + "@" + version))
        : Optional.empty();
  }

  private static void row(String opType, long version, Conversion conversion) {
    ROWS.put(opType + "@" + version, conversion);
  }
}
