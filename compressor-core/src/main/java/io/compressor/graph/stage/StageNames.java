package io.compressor.graph.stage;

import java.util.Collection;

/** What to call a stage in progress and reports: what the names of its weights begin with. */
final class StageNames {
  private StageNames() {}

  /** The longest common path of the names, such as {@code model.layers.3}; else the number. */
  static String of(int number, Collection<String> sites) {
    String common = sites.stream().reduce(StageNames::common).orElse("");
    int cut = Math.max(common.lastIndexOf('.'), common.lastIndexOf('/'));
    boolean whole = sites.stream().allMatch(common::equals);
    String path = whole ? common : cut > 0 ? common.substring(0, cut) : "";
    return path.isEmpty() ? "stage " + number : path;
  }

  private static String common(String a, String b) {
    int n = 0;
    while (n < Math.min(a.length(), b.length()) && a.charAt(n) == b.charAt(n)) {
      n++;
    }
    boolean equal = n == a.length() && n == b.length();
    return equal ? a : a.substring(0, n);
  }
}
