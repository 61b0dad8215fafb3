package io.compressor.formats.onnx;

import io.compressor.ir.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A repeated key-value field that the model holds as a map. A file may spell an entry in more ways
 * than we write it (a domain present but empty, a key twice, an alias). When it does, the entries
 * are carried verbatim in {@code extra} too, and repeated as long as they still say what the map
 * says.
 *
 * @param field number of the repeated field
 * @param parse entry from its message
 * @param write our spelling of an entry
 * @param value what the map holds for an entry
 */
record Spelling<V>(
    int field,
    BiFunction<Bytes, Place, Entry> parse,
    Function<Entry, Bytes> write,
    Function<Entry, V> value) {

  static Spelling<Long> ofOpsets(int field) {
    return new Spelling<>(field, Entry::ofOpset, Entry::opsetMessage, Entry::number);
  }

  static Spelling<String> ofTexts(int field) {
    return new Spelling<>(field, Entry::ofTexts, Entry::textMessage, Entry::text);
  }

  /** Collects the entries of one message while it is read. */
  final class Collector {
    private final Map<String, V> map = new LinkedHashMap<>();
    private final List<Bytes> verbatim = new ArrayList<>();
    private boolean ours = true;

    /** Takes the entry that {@code in} stands at. */
    void add(WireReader in, Place place) {
      Bytes message = in.payload();
      Entry entry = parse.apply(message, place);
      V now = value.apply(entry);
      V before = map.put(entry.key(), now);
      if (before instanceof Long && !before.equals(now)) {
        throw place.fault(
            "operator set '" + entry.key() + "' is imported as " + before + " and as " + now,
            "keep one of the two imports");
      }
      ours &= before == null && write.apply(entry).buffer().equals(message.buffer());
      verbatim.add(in.field());
    }

    /** The map; the original spelling goes to {@code extras} when it is not ours. */
    Map<String, V> into(Extras extras) {
      if (!ours) {
        verbatim.forEach(extras::add);
      }
      return map;
    }
  }

  Collector collector() {
    return new Collector();
  }

  /** Writes the map, in the file's spelling where that holds; returns the rest of extra. */
  Bytes write(Map<String, V> map, Bytes extra, WireWriter out) {
    Map<String, V> said = new LinkedHashMap<>();
    List<Bytes> spelled = new ArrayList<>();
    List<Bytes> rest = new ArrayList<>();
    Place place = new Place("extra");
    for (Bytes part : extra instanceof Bytes.Concat c ? c.parts() : List.of(extra)) {
      WireReader in = new WireReader(part, place);
      while (in.next()) {
        if (in.number() == field) {
          Entry entry = parse.apply(in.payload(), place);
          said.put(entry.key(), value.apply(entry));
          spelled.add(in.field());
        } else {
          rest.add(in.field());
        }
      }
    }
    if (said.equals(map)) {
      spelled.forEach(out::raw);
    } else {
      map.forEach((k, v) -> out.bytes(field, write.apply(entry(k, v))));
    }
    return Bytes.concat(rest);
  }

  private static Entry entry(String key, Object value) {
    return value instanceof Long n ? new Entry(key, "", n) : new Entry(key, value.toString(), 0);
  }
}
