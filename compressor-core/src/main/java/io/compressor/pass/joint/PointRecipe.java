package io.compressor.pass.joint;

import io.compressor.encoding.Preference;
import io.compressor.pass.weights.BadSites;
import io.compressor.recipe.JointOptions;
import io.compressor.recipe.SiteRule;
import java.util.List;
import java.util.Locale;

/**
 * A configuration as a recipe that makes it again: the step's options, and a rule for each site.
 */
record PointRecipe(JointOptions options, Preference preference, BadSites bad, long seed) {
  String of(List<Chosen> chosen) {
    StringBuilder yaml = new StringBuilder();
    yaml.append("recipe: 1\nseed: ").append(seed).append('\n');
    if (bad == BadSites.SKIP) {
      yaml.append("skip-bad-sites: true\n");
    }
    yaml.append("steps:\n  - pass: joint\n    with:\n");
    line(yaml, "method", word(options.method()));
    line(yaml, "group", options.group());
    line(yaml, "activations", word(options.activations()));
    line(yaml, "calibration", word(options.calibration()));
    line(yaml, "smooth", options.smooth());
    yaml.append("      rules:\n");
    chosen.stream()
        .filter(Chosen::isTreated)
        .map(c -> new SiteRule(c.site().name(), c.item().treatment()))
        .forEach(r -> yaml.append("        - ").append(quoted(r.toString())).append('\n'));
    return yaml.append("encoding: { prefer: ").append(word(preference)).append(" }\n").toString();
  }

  private static void line(StringBuilder yaml, String name, Object value) {
    yaml.append("      ").append(name).append(": ").append(value).append('\n');
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c == 127) {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
