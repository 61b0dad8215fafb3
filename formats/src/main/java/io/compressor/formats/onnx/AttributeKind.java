package io.compressor.formats.onnx;

import io.compressor.formats.onnx.Fields.OfAttribute;

/** AttributeProto.AttributeType, as far as values are modelled, and the field each one uses. */
enum AttributeKind {
  /** Everything that is carried verbatim. */
  RAW(0, 0),
  FLOAT(1, OfAttribute.F),
  INT(2, OfAttribute.I),
  STRING(3, OfAttribute.S),
  TENSOR(4, OfAttribute.T),
  GRAPH(5, OfAttribute.G),
  FLOATS(6, OfAttribute.FLOATS),
  INTS(7, OfAttribute.INTS),
  STRINGS(8, OfAttribute.STRINGS),
  TENSORS(9, OfAttribute.TENSORS),
  GRAPHS(10, OfAttribute.GRAPHS);

  private final int type;
  private final int field;

  AttributeKind(int type, int field) {
    this.type = type;
    this.field = field;
  }

  int type() {
    return type;
  }

  int field() {
    return field;
  }

  static AttributeKind ofType(int type) {
    return type >= 1 && type <= 10 ? values()[type] : RAW;
  }
}
