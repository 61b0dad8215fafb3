package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Where data comes from and how it is to be read: a path, or a descriptor ({@code data.yaml}).
 *
 * @param origin the path or descriptor that messages and reports name
 * @param files what is read; one path except for several files of the same kind in a row
 * @param columns array, CSV column or JSON key by model input, where the names differ
 * @param fields names of the label, score and text columns
 * @param fill constant by input that no file gives
 * @param pairs whether neighbouring samples belong together; empty lets the reader tell
 * @param selection which of the samples are used
 * @param descriptor the descriptor's canonical text, hashed with the files; empty for a bare path
 */
public record DataSource(
    String origin,
    DataKind kind,
    List<Path> files,
    Map<String, String> columns,
    Fields fields,
    Map<String, Double> fill,
    Optional<Boolean> pairs,
    Selection selection,
    ImageOptions images,
    TextOptions text,
    Optional<RandomSpec> random,
    String descriptor) {
  public DataSource {
    files = List.copyOf(files);
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    fill = Collections.unmodifiableMap(new LinkedHashMap<>(fill));
  }

  /** Column names with their defaults: {@code label}, {@code score}, {@code text}, the pair. */
  public record Fields(String label, String score, String text, String textA, String textB) {
    /** The defaults. */
    public static Fields standard() {
      return new Fields("label", "score", "text", "text_a", "text_b");
    }
  }

  /**
   * A bare path (by extension) or a descriptor file ({@code .yaml}, {@code .yml}, {@code .json}).
   *
   * @throws CompressorException DATA when the path is missing, of no known kind, or the descriptor
   *     is malformed
   */
  public static DataSource of(Path path) {
    return SourceReader.open(path);
  }

  /**
   * An inline descriptor with the keys of a {@code data.yaml}.
   *
   * @param base folder that relative paths start from
   * @param where what messages call the descriptor, such as {@code recipe.yaml:data.calibration}
   */
  public static DataSource of(Map<String, ?> descriptor, Path base, String where) {
    return SourceReader.inline(descriptor, base, where);
  }

  /**
   * The same source that also looks for {@code tokenizer.json}, or {@code NAME-tokenizer.json} for
   * {@code NAME.onnx}, beside the model; one named or lying beside the data comes first.
   */
  public DataSource nearModel(Path model) {
    if (text.tokenizer().isPresent()
        || files.stream().anyMatch(f -> Files.isRegularFile(f.resolveSibling("tokenizer.json")))) {
      return this;
    }
    String name = String.valueOf(model.getFileName()).replaceFirst("\\.onnx$", "");
    return Stream.of("tokenizer.json", name + "-tokenizer.json")
        .map(model::resolveSibling)
        .filter(Files::isRegularFile)
        .findFirst()
        .map(found -> withText(text.withTokenizer(found)))
        .orElse(this);
  }

  /** The first {@code samples} samples only. */
  public DataSource limit(int samples) {
    OptionalInt limit =
        OptionalInt.of(Math.min(samples, selection.limit().orElse(Integer.MAX_VALUE)));
    return new DataSource(
        origin,
        kind,
        files,
        columns,
        fields,
        fill,
        pairs,
        new Selection(selection.split(), selection.shuffle(), limit),
        images,
        text,
        random,
        descriptor);
  }

  /** The same source with other text options. */
  public DataSource withText(TextOptions options) {
    return new DataSource(
        origin,
        kind,
        files,
        columns,
        fields,
        fill,
        pairs,
        selection,
        images,
        options,
        random,
        descriptor);
  }

  String column(String input) {
    return columns.getOrDefault(input, input);
  }
}
