package io.compressor.encoding;

import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.util.List;

/** Which band of rows each row of a table lies in. */
final class BandIds {
  private BandIds() {}

  /**
   * @param ids of rows; below 0 they count from the end, which bands do not
   */
  static String of(NodeList nodes, String base, String ids, int rows, int band) {
    if (band == 1) {
      return ids;
    }
    String wide = nodes.cast(base + "/ids64", ids, ElementType.INT64);
    String count = one(nodes, "rows", rows);
    String moved = nodes.add(base + "/ids_moved", "Add", List.of(wide, count));
    String whole = nodes.add(base + "/ids_whole", "Mod", List.of(moved, count));
    return nodes.add(base + "/band_ids", "Div", List.of(whole, one(nodes, "band", band)));
  }

  private static String one(NodeList nodes, String name, long value) {
    return nodes.emission().constant(Tensor.ofLongs(name, new long[] {1}, value));
  }
}
