package io.compressor.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WordNetTaskTest {
  private static final List<String> LINES =
      List.of(
          "  1 This software and database is being provided to you",
          "00000001 05 n 01 cat 0 000 | feline mammal usually having thick soft fur; \"the cat sat\"",
          "00000002 05 n 01 dog 0 000 | a member of the genus Canis; occurs in many breeds",
          "00000003 05 n 01 dog2 0 000 | a member of the genus Canis; occurs in many breeds",
          "00000004 13 n 01 pie 0 000 | dish baked in pastry-lined pan often with a pastry top",
          "00000005 03 n 01 thing 0 000 | a separate and self-contained entity",
          "00000006 13 n 01 egg 0 000 | too short");

  @Test
  void definitionsAreTakenWithoutExamplesOrRepeats() throws IOException {
    List<Gloss> all = read(LINES).take(0, 10);
    assertEquals(
        Set.of(
            new Gloss("feline mammal usually having thick soft fur", 0),
            new Gloss("a member of the genus Canis; occurs in many breeds", 0),
            new Gloss("dish baked in pastry-lined pan often with a pastry top", 3)),
        new HashSet<>(all));
    assertEquals(3, all.size());
  }

  @Test
  void theOrderOfTheFileDoesNotMatter() throws IOException {
    List<String> shuffled = new ArrayList<>(LINES);
    Collections.shuffle(shuffled, new Random(3));
    assertEquals(read(LINES).take(0, 10), read(shuffled).take(0, 10));
  }

  @Test
  void rangesDoNotOverlap() throws IOException {
    WordNetTask task = read(LINES);
    Set<Gloss> first = new HashSet<>(task.take(0, 1));
    assertTrue(task.take(1, 1).stream().noneMatch(first::contains));
  }

  @Test
  void linesAreJson() {
    assertEquals(
        "{\"text\": \"a \\\"b\\\" \\\\\", \"label\": 2}", new Gloss("a \"b\" \\", 2).toJson());
  }

  private static WordNetTask read(List<String> lines) throws IOException {
    return WordNetTask.read(new StringReader(String.join("\n", lines)));
  }
}
