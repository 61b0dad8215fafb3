package io.compressor.formats.onnx;

import io.compressor.formats.onnx.Fields.OfEntry;
import io.compressor.ir.Bytes;

/**
 * A key with a text (StringStringEntryProto) or a number (OperatorSetIdProto).
 *
 * @param text empty for a number
 * @param number 0 for a text
 */
record Entry(String key, String text, long number) {
  static Entry ofTexts(Bytes message, Place place) {
    String key = "";
    String value = "";
    WireReader in = new WireReader(message, place);
    while (in.next()) {
      if (in.number() == OfEntry.KEY) {
        key = in.text();
      } else if (in.number() == OfEntry.VALUE) {
        value = in.text();
      }
    }
    return new Entry(key, value, 0);
  }

  static Entry ofOpset(Bytes message, Place place) {
    String domain = "";
    long version = 0;
    WireReader in = new WireReader(message, place);
    while (in.next()) {
      if (in.number() == OfEntry.KEY) {
        domain = in.text();
      } else if (in.number() == OfEntry.VALUE) {
        version = in.varint();
      }
    }
    return new Entry(domain.equals("ai.onnx") ? "" : domain, "", version);
  }

  /** How we spell metadata: both fields present. */
  Bytes textMessage() {
    return new WireWriter().text(OfEntry.KEY, key).text(OfEntry.VALUE, text).build();
  }

  /** How we spell an operator set: no domain when it is the standard one. */
  Bytes opsetMessage() {
    return new WireWriter().present(OfEntry.KEY, key).varint(OfEntry.VALUE, number).build();
  }
}
