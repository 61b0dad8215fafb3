package io.compressor.formats.data;

import io.compressor.formats.data.ImageOptions.Color;
import io.compressor.formats.data.ImageOptions.Layout;
import io.compressor.formats.data.ImageOptions.Size;
import io.compressor.formats.data.Selection.Bound;
import io.compressor.formats.data.Selection.Split;
import io.compressor.formats.data.Selection.Unit;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sections of a descriptor. */
final class DescriptorParts {
  private static final Pattern SPLIT =
      Pattern.compile(
          "\\s*(\\d{1,9}(?:\\.\\d{1,9})?%?)?\\s*\\.\\.\\s*(\\d{1,9}(?:\\.\\d{1,9})?%?)?\\s*");

  private DescriptorParts() {}

  static Path path(String text, Path base) {
    try {
      return base.resolve(text);
    } catch (InvalidPathException e) {
      throw BadData.in(base.toString(), "'" + text + "' is no path", "use a relative path", e);
    }
  }

  static DataSource.Fields fields(Keys keys) {
    DataSource.Fields standard = DataSource.Fields.standard();
    return new DataSource.Fields(
        keys.text("label").orElse(standard.label()),
        keys.text("score").orElse(standard.score()),
        keys.text("text").orElse(standard.text()),
        keys.text("text_a").orElse(standard.textA()),
        keys.text("text_b").orElse(standard.textB()));
  }

  static Selection selection(Keys keys) {
    return new Selection(
        keys.text("split").map(s -> split(s, keys.at("split"))),
        keys.whole("shuffle"),
        keys.count("limit"));
  }

  private static Split split(String text, String where) {
    Matcher m = SPLIT.matcher(text);
    if (!m.matches()) {
      throw BadData.in(
          where, "'" + text + "' is no split", "write 'FROM..TO' as in 0%..80% or 100..200");
    }
    String from = m.group(1) == null ? "0" : m.group(1);
    String to = m.group(2) == null ? "100%" : m.group(2);
    return new Split(text, bound(from), bound(to));
  }

  private static Bound bound(String text) {
    return text.endsWith("%")
        ? new Bound(Double.parseDouble(text.substring(0, text.length() - 1)) / 100, Unit.SHARE)
        : new Bound(Double.parseDouble(text), Unit.SAMPLES);
  }

  static TextOptions text(Keys keys, Path base) {
    return new TextOptions(
        keys.text("tokenizer").map(t -> path(t, base)),
        keys.count("length"),
        keys.count("stride"),
        keys.flag("windows"),
        keys.whole("pad"));
  }

  static ImageOptions images(Keys keys) {
    ImageOptions options =
        new ImageOptions(
            size(keys, "size"),
            size(keys, "crop"),
            keys.numbers("mean"),
            keys.numbers("std"),
            keys.number("scale"),
            keys.choice("layout", Layout.class),
            keys.choice("color", Color.class));
    if (options.std().stream().anyMatch(s -> s == 0)) {
      throw BadData.in(keys.at("std"), "a deviation of 0", "use the training set's deviations");
    }
    keys.finish();
    return options;
  }

  private static Optional<Size> size(Keys keys, String key) {
    List<Integer> sides = keys.counts(key);
    if (sides.size() > 2) {
      throw BadData.in(keys.at(key), sides + " has " + sides.size() + " sides", "[height, width]");
    }
    return sides.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Size(
                sides.get(0),
                sides.size() == 2 ? OptionalInt.of(sides.get(1)) : OptionalInt.empty()));
  }

  static RandomSpec random(Keys keys) {
    RandomSpec.Distribution distribution =
        keys.choice("distribution", RandomSpec.Distribution.class)
            .orElse(RandomSpec.Distribution.NORMAL);
    Map<String, List<Integer>> shapes = keys.countLists("shapes");
    RandomSpec spec =
        new RandomSpec(
            keys.count("samples").orElse(16),
            keys.whole("seed").orElse(0),
            distribution,
            shapes,
            keys.number("min").orElse(0),
            keys.number("max").orElse(1));
    if (!(spec.min() < spec.max())) {
      throw BadData.in(keys.at("max"), "max must exceed min", "swap them");
    }
    keys.finish();
    return spec;
  }
}
