package io.compressor.formats.onnx;

import io.compressor.ir.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Collects the fields of a message that are carried verbatim. */
final class Extras {
  /** Below this the fields are copied to the heap, so that they do not hold the file. */
  private static final int COPY_BELOW = 1 << 16;

  private final List<Bytes> fields = new ArrayList<>(0);

  void add(Bytes field) {
    Bytes last = fields.isEmpty() ? Bytes.empty() : fields.get(fields.size() - 1);
    if (last instanceof Bytes.Region a
        && field instanceof Bytes.Region b
        && a.file() == b.file()
        && a.offset() + a.size() == b.offset()) {
      fields.set(fields.size() - 1, new Bytes.Region(a.file(), a.offset(), a.size() + b.size()));
    } else {
      fields.add(field);
    }
  }

  /** Keeps a text field that is there but empty: present and absent differ on the wire. */
  void addIfEmpty(String text, WireReader in) {
    if (text.isEmpty()) {
      add(in.field());
    }
  }

  Bytes build() {
    Bytes all = Bytes.concat(fields);
    return all.size() < COPY_BELOW ? Bytes.of(all.toArray()) : all;
  }
}
