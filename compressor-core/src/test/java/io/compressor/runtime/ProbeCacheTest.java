package io.compressor.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeCacheTest {
  @TempDir Path dir;

  @Test
  void measuresOnceAndRemembersAcrossFiles() {
    AtomicInteger measured = new AtomicInteger();
    Path file = dir.resolve("a/probe.tsv");
    ProbeCache cache = ProbeCache.load(file);
    for (int i = 0; i < 3; i++) {
      assertEquals(
          1.25,
          cache.millis(
              key("int8", 4),
              k -> {
                measured.incrementAndGet();
                return 1.25;
              }));
    }
    cache.save(file);
    assertEquals(Optional.of(1.25), ProbeCache.load(file).find(key("int8", 4)));
    assertEquals(1, measured.get());
  }

  @Test
  void theFileIsTheSameInWhateverOrderThingsWereMeasured() throws Exception {
    ProbeCache up = new ProbeCache();
    ProbeCache down = new ProbeCache();
    for (int i = 0; i < 20; i++) {
      up.millis(key("e" + i % 3, i), k -> k.rows() * 0.1);
      down.millis(key("e" + (19 - i) % 3, 19 - i), k -> k.rows() * 0.1);
    }
    up.save(dir.resolve("up"));
    down.save(dir.resolve("down"));
    assertArrayEquals(
        Files.readAllBytes(dir.resolve("up")), Files.readAllBytes(dir.resolve("down")));
  }

  @Test
  void savingKeepsWhatOthersSavedMeanwhile() throws Exception {
    Path file = dir.resolve("probe.tsv");
    ProbeCache one = ProbeCache.load(file);
    ProbeCache two = ProbeCache.load(file);
    one.millis(key("a", 1), k -> 1);
    two.millis(key("b", 1), k -> 2);
    two.millis(key("a", 1), k -> 3);
    one.save(file);
    two.save(file);
    ProbeCache all = ProbeCache.load(file);
    assertEquals(Optional.of(1.0), all.find(key("a", 1)), "plans may rest on it already");
    assertEquals(Optional.of(2.0), all.find(key("b", 1)));
    try (var files = Files.list(dir)) {
      assertEquals(1, files.count(), "no temporary file is left");
    }
  }

  @Test
  void everyTimeIsInAllFilesBeforeItIsUsed() {
    Path own = dir.resolve("workspace/probe.tsv");
    Path shared = dir.resolve("user/probe.tsv");
    ProbeCache before = new ProbeCache();
    before.millis(key("both", 1), k -> 1);
    before.save(own);
    ProbeCache others = new ProbeCache();
    others.millis(key("both", 1), k -> 2);
    others.millis(key("shared", 1), k -> 3);
    others.save(shared);

    ProbeCache cache = ProbeCache.keptIn(List.of(own, shared));
    assertEquals(Optional.of(1.0), cache.find(key("both", 1)), "the first file comes first");
    assertEquals(Optional.of(3.0), cache.find(key("shared", 1)));
    assertEquals(cache.entries(), ProbeCache.load(own).entries(), "pinned before anything is used");
    cache.millis(key("new", 1), k -> 4);
    for (Path file : List.of(own, shared)) {
      assertEquals(Optional.of(4.0), ProbeCache.load(file).find(key("new", 1)), file.toString());
    }
    assertEquals(Optional.of(2.0), ProbeCache.load(shared).find(key("both", 1)));
  }

  @Test
  void brokenTablesAreDataErrorsThatNameTheLine() throws Exception {
    for (String line :
        new String[] {"1.29\tcpu", "1\tm\t1\te\t1\t1\t1\tNaN", "1\tm\t1\te\tx\t1\t1\t1"}) {
      Path file = Files.writeString(dir.resolve("broken.tsv"), "#header\n" + line + "\n");
      CompressorException e = assertThrows(CompressorException.class, () -> ProbeCache.load(file));
      assertEquals(ErrorCode.DATA, e.code());
      assertTrue(e.where().endsWith(":2"), e.where());
    }
  }

  @Test
  void keysRefuseTabs() {
    assertThrows(IllegalArgumentException.class, () -> key("a\tb", 1));
  }

  private static ProbeKey key(String encoding, long rows) {
    return new ProbeKey("1.29.0", "some cpu", 1, encoding, 64, 32, rows);
  }
}
