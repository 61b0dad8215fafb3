package io.compressor.ir;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The payload of an attribute. */
public sealed interface AttributeValue {
  record OfFloat(float value) implements AttributeValue {}

  record OfInt(long value) implements AttributeValue {}

  /** Bytes, because ONNX allows any; {@link #text()} reads them as UTF-8. */
  record OfString(byte[] value) implements AttributeValue {
    public String text() {
      return new String(value, StandardCharsets.UTF_8);
    }
  }

  record OfTensor(Tensor value) implements AttributeValue {}

  record OfGraph(Graph value) implements AttributeValue {}

  record OfFloats(float[] values) implements AttributeValue {}

  record OfInts(long[] values) implements AttributeValue {}

  record OfStrings(List<byte[]> values) implements AttributeValue {}

  record OfTensors(List<Tensor> values) implements AttributeValue {}

  record OfGraphs(List<Graph> values) implements AttributeValue {}

  /**
   * Any other kind (type protos, sparse tensors, references to a function's attribute): the
   * AttributeProto fields but the name, verbatim.
   */
  record Raw(Bytes fields) implements AttributeValue {}
}
