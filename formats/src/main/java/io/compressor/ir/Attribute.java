package io.compressor.ir;

import java.nio.charset.StandardCharsets;

/**
 * A named attribute of a node.
 *
 * @param extra AttributeProto fields that are not modelled (doc_string), verbatim
 */
public record Attribute(String name, AttributeValue value, Bytes extra) {
  public static Attribute of(String name, AttributeValue value) {
    return new Attribute(name, value, Bytes.empty());
  }

  public static Attribute of(String name, long value) {
    return of(name, new AttributeValue.OfInt(value));
  }

  public static Attribute of(String name, float value) {
    return of(name, new AttributeValue.OfFloat(value));
  }

  public static Attribute of(String name, String value) {
    return of(name, new AttributeValue.OfString(value.getBytes(StandardCharsets.UTF_8)));
  }

  public static Attribute of(String name, long[] values) {
    return of(name, new AttributeValue.OfInts(values));
  }

  public static Attribute of(String name, Tensor value) {
    return of(name, new AttributeValue.OfTensor(value));
  }
}
