package io.compressor.workspace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.file.StagedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The file that says what a workspace is for: {@code {"format": 1, "key": {part: value, …}}}. */
final class Manifest {
  static final String FILE = "manifest.json";

  private static final int FORMAT = 1;

  /** Differences to name: another recipe has dozens. */
  private static final int MOST = 6;

  private static final ObjectMapper JSON = new ObjectMapper();

  private Manifest() {}

  static void write(Path file, Map<String, String> key) {
    ObjectNode root = JSON.createObjectNode().put("format", FORMAT);
    ObjectNode parts = root.putObject("key");
    new TreeMap<>(key).forEach(parts::put);
    String text = root.toPrettyString() + "\n";
    StagedFile.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * @throws CompressorException USAGE when the manifest is broken or speaks of other things
   */
  static void require(Path file, Map<String, String> key) {
    Map<String, String> found = read(file);
    TreeSet<String> parts = new TreeSet<>(found.keySet());
    parts.addAll(key.keySet());
    List<String> differences = new ArrayList<>();
    for (String part : parts) {
      String theirs = found.getOrDefault(part, "nothing");
      String ours = key.getOrDefault(part, "nothing");
      if (!theirs.equals(ours)) {
        differences.add("%s: found %s, expected %s".formatted(part, theirs, ours));
      }
    }
    if (!differences.isEmpty()) {
      throw refused(
          file,
          "the workspace belongs to another run: " + words(differences),
          "give another --workspace, or delete this one to start over");
    }
  }

  private static String words(List<String> differences) {
    String first = String.join("; ", differences.subList(0, Math.min(MOST, differences.size())));
    int more = differences.size() - MOST;
    return more > 0 ? first + "; and " + more + " more" : first;
  }

  private static Map<String, String> read(Path file) {
    try {
      JsonNode root = JSON.readTree(Files.readAllBytes(file));
      if (root.path("format").asInt() != FORMAT || !root.path("key").isObject()) {
        throw broken(file, "found format " + root.path("format") + ", expected " + FORMAT);
      }
      Map<String, String> key = new TreeMap<>();
      root.path("key").properties().forEach(e -> key.put(e.getKey(), e.getValue().asText()));
      return key;
    } catch (JsonProcessingException e) {
      throw broken(file, e.getOriginalMessage());
    } catch (IOException e) {
      throw Trouble.with(file, "cannot be read", e);
    }
  }

  private static CompressorException broken(Path file, String what) {
    return refused(
        file,
        "this is no manifest of a workspace: " + what,
        "give another --workspace, or delete this one to start over");
  }

  private static CompressorException refused(Path file, String message, String hint) {
    return new CompressorException(ErrorCode.USAGE, file.toString(), message, hint);
  }
}
