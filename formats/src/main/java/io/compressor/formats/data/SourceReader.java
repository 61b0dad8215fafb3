package io.compressor.formats.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.compressor.error.CompressorException;
import io.compressor.formats.data.DataSource.Fields;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** From a path or a descriptor to a {@link DataSource}. */
final class SourceReader {
  private static final int MAX_DESCRIPTOR_BYTES = 1 << 20;
  private static final String KINDS =
      "give .npz, .npy, .txt, .jsonl, .csv, a folder of pictures, wav files or test_data_set_*,"
          + " or a data.yaml";

  private SourceReader() {}

  static DataSource open(Path path) {
    if (!Files.exists(path)) {
      throw BadData.in(path.toString(), "data not found", KINDS);
    }
    String name = lowerName(path);
    if (Files.isRegularFile(path)
        && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"))) {
      Path base = Optional.ofNullable(path.toAbsolutePath().getParent()).orElse(Path.of("."));
      return descriptor(parse(path), base, path.toString());
    }
    return bare(path);
  }

  static DataSource inline(Map<String, ?> descriptor, Path base, String where) {
    return descriptor(new ObjectMapper().valueToTree(descriptor), base, where);
  }

  private static DataSource bare(Path path) {
    return new DataSource(
        path.toString(),
        kindOf(path),
        List.of(path),
        Map.of(),
        Fields.standard(),
        Map.of(),
        Optional.empty(),
        Selection.all(),
        ImageOptions.standard(),
        TextOptions.standard(),
        Optional.empty(),
        "");
  }

  private static DataSource descriptor(JsonNode tree, Path base, String where) {
    Keys keys = Keys.of(tree, where);
    Optional<RandomSpec> random = keys.child("random").map(DescriptorParts::random);
    List<Path> files =
        keys.texts("files").stream().map(f -> DescriptorParts.path(f, base)).toList();
    for (Path file : files) {
      if (!Files.exists(file)) {
        throw BadData.in(keys.at("files"), "'" + file + "' not found", "paths start at " + base);
      }
    }
    DataKind kind =
        keys.choice("kind", DataKind.class)
            .orElseGet(
                () ->
                    random.isPresent()
                        ? DataKind.RANDOM
                        : files.isEmpty() ? DataKind.NPZ : kindOf(files.get(0)));
    if (files.isEmpty() != (kind == DataKind.RANDOM) || random.isPresent() != files.isEmpty()) {
      throw BadData.in(
          keys.at("files"),
          files.isEmpty()
              ? "no files and no 'random' section"
              : "both files and random data, or kind random without a 'random' section",
          "give 'files: PATH' or 'random: { samples: N }'");
    }
    DataSource source =
        new DataSource(
            where,
            kind,
            files,
            keys.textMap("columns"),
            DescriptorParts.fields(keys),
            keys.numberMap("fill"),
            keys.flag("pairs"),
            DescriptorParts.selection(keys),
            keys.child("preprocess").map(DescriptorParts::images).orElseGet(ImageOptions::standard),
            DescriptorParts.text(keys, base),
            random,
            tree.toString());
    keys.finish();
    return source;
  }

  private static JsonNode parse(Path path) {
    try {
      if (Files.size(path) > MAX_DESCRIPTOR_BYTES) {
        throw BadData.in(
            path.toString(),
            "descriptor of " + Files.size(path) + " bytes",
            "descriptors are short; give the data itself as .jsonl or .csv");
      }
      ObjectMapper mapper =
          lowerName(path).endsWith(".json")
              ? JsonMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build()
              : YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();
      JsonNode tree =
          mapper
              .reader()
              .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .readTree(Files.readString(path));
      return tree == null ? mapper.createObjectNode() : tree;
    } catch (JsonProcessingException e) {
      String line = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
      throw BadData.in(
          path + line, "not a descriptor: " + e.getOriginalMessage(), "see docs/data.md", e);
    } catch (IOException | RuntimeException e) {
      if (e instanceof CompressorException known) {
        throw known;
      }
      throw BadData.unreadable(path, e);
    }
  }

  private static DataKind kindOf(Path path) {
    if (Files.isDirectory(path)) {
      return folderKind(path);
    }
    String name = lowerName(path);
    String extension = name.substring(name.lastIndexOf('.') + 1);
    return switch (extension) {
      case "npz" -> DataKind.NPZ;
      case "npy" -> DataKind.NPY;
      case "txt", "jsonl", "csv", "tsv" -> DataKind.TEXT;
      default -> throw BadData.in(path.toString(), "unknown kind of data '" + name + "'", KINDS);
    };
  }

  private static DataKind folderKind(Path folder) {
    try (Stream<Path> tree = Files.walk(folder, 2)) {
      List<String> names = tree.limit(10_000).map(SourceReader::lowerName).sorted().toList();
      if (names.stream().anyMatch(n -> n.startsWith("input_0.pb"))) {
        return DataKind.ONNX;
      }
      if (names.stream().anyMatch(n -> endsWithAny(n, ".png", ".jpg", ".jpeg", ".bmp"))) {
        return DataKind.IMAGES;
      }
      if (names.stream().anyMatch(n -> n.endsWith(".wav"))) {
        return DataKind.AUDIO;
      }
    } catch (IOException | UncheckedIOException e) {
      throw BadData.unreadable(folder, e);
    }
    throw BadData.in(
        folder.toString(), "folder has no pictures, wav files or test_data_set_*", KINDS);
  }

  private static boolean endsWithAny(String name, String... endings) {
    return Arrays.stream(endings).anyMatch(name::endsWith);
  }

  static String lowerName(Path path) {
    Path name = path.getFileName();
    return name == null ? "" : name.toString().toLowerCase(Locale.ROOT);
  }
}
