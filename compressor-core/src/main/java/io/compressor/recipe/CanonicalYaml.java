package io.compressor.recipe;

import java.util.List;

/** Writes resolved values as YAML: one value a line, in the order given, two spaces a level. */
final class CanonicalYaml {
  private final StringBuilder out = new StringBuilder();
  private List<String> open = List.of();

  private CanonicalYaml() {}

  static String write(List<ResolvedValue> values) {
    CanonicalYaml yaml = new CanonicalYaml();
    boolean hasSteps = values.stream().anyMatch(v -> v.path().startsWith("steps["));
    boolean wroteSteps = hasSteps;
    for (ResolvedValue value : values) {
      if (!wroteSteps && value.path().startsWith("budget.")) {
        yaml.out.append("steps: []\n");
        wroteSteps = true;
      }
      yaml.line(List.of(value.path().split("\\.")), value.value());
    }
    return yaml.out.toString();
  }

  /** Opens the sections that differ from the last line's, then writes the value. */
  private void line(List<String> path, OptionValue value) {
    int common = 0;
    while (common < Math.min(open.size(), path.size() - 1)
        && open.get(common).equals(path.get(common))) {
      common++;
    }
    boolean first = false;
    for (int level = common; level < path.size() - 1; level++) {
      String section = path.get(level);
      int bracket = section.indexOf('[');
      if (bracket >= 0) {
        if (section.endsWith("[0]")) {
          out.append(section, 0, bracket).append(":\n");
        }
        first = true;
      } else {
        out.append("  ".repeat(depth(path, level))).append(section).append(":\n");
      }
    }
    String indent = "  ".repeat(depth(path, path.size() - 1));
    out.append(first ? indent.substring(2) + "- " : indent);
    out.append(path.get(path.size() - 1)).append(": ").append(value).append('\n');
    open = path.subList(0, path.size() - 1);
  }

  /** A list item takes two levels: the list and the dash. */
  private static int depth(List<String> path, int level) {
    return level + (int) path.subList(0, level).stream().filter(s -> s.endsWith("]")).count();
  }
}
