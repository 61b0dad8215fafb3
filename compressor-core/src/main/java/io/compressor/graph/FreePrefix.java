package io.compressor.graph;

import io.compressor.ir.Model;
import java.util.HashSet;
import java.util.Set;

/** A beginning for new names that no name of a model has. */
public final class FreePrefix {
  private FreePrefix() {}

  /** {@code base/}, numbered where the model, subgraphs included, uses that already. */
  public static String of(Model model, String base) {
    Set<String> names = new HashSet<>();
    ValueNames.everywhere(model.graph(), names::add);
    for (int i = 0; ; i++) {
      String candidate = base + (i == 0 ? "/" : i + "/");
      if (names.stream().noneMatch(n -> n.startsWith(candidate))) {
        return candidate;
      }
    }
  }
}
