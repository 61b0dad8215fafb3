package io.compressor.workspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.solver.Grid;
import io.compressor.solver.QuantizedWeight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SiteStoreTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 8})
  void uniformGridsComeBackToTheLastBit(int bits) {
    roundTrip(Solved.uniform(bits, "uniform"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 16})
  void foldedGridsComeBackToTheLastBit(int group) {
    roundTrip(Solved.folded(group, "folded"));
  }

  private void roundTrip(SolvedWeight solved) {
    new SiteStore(folder).put("model.layers.0.q.weight", "hash", solved);
    SiteStore reopened = new SiteStore(folder);
    Solved.assertSame(solved, reopened.find("model.layers.0.q.weight", "hash").orElseThrow());
    assertEquals(1, reopened.reused());
    assertEquals(0, reopened.solved());
    assertEquals(List.of(), reopened.warnings());
  }

  @Test
  void onlyTheSameSiteMadeOfTheSameThingsIsFound() {
    SiteStore store = new SiteStore(folder);
    store.put("a/b", "one", Solved.uniform(4, "first"));
    assertTrue(store.find("a/b", "two").isEmpty());
    assertTrue(store.find("a_b", "one").isEmpty(), "names that look alike on disk");
    assertTrue(store.find("A/B", "one").isEmpty());
    SolvedWeight second = Solved.uniform(3, "second");
    store.put("a/b", "two", second);
    Solved.assertSame(second, store.find("a/b", "two").orElseThrow());
    assertTrue(store.find("a/b", "one").isEmpty(), "the older solution is gone");
    store.put("../../etc/" + "x".repeat(300), "h", second);
    assertEquals(2, list().size());
    assertEquals(3, store.solved());
    assertEquals(1, store.reused());
    assertEquals(List.of(), store.warnings());
  }

  @Test
  void whateverHappensToTheFileItIsWholeOrNotThere() throws IOException {
    SiteStore store = new SiteStore(folder);
    store.put("site", "hash", Solved.folded(16, "hostile"));
    Path file = list().get(0);
    byte[] whole = Files.readAllBytes(file);
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 300; i++) {
      byte[] broken = whole.clone();
      if (i % 2 == 0) {
        broken = Arrays.copyOf(whole, random.nextInt(whole.length));
      } else {
        broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file, broken);
      assertTrue(store.find("site", "hash").isEmpty());
    }
    assertEquals(300, store.warnings().size());
    assertTrue(store.warnings().get(0).contains("'site' is solved again"));
    assertEquals(0, store.reused());
    store.put("site", "hash", Solved.folded(16, "hostile"));
    assertArrayEquals(whole, Files.readAllBytes(file), "the same solution, the same bytes");
  }

  @Test
  void lengthsThatLieCostNothingEvenWithARightChecksum() {
    for (int lie : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, -2}) {
      FieldWriter body = new FieldWriter();
      body.number(lie);
      FieldReader in = new FieldReader(java.nio.ByteBuffer.wrap(body.toArray()));
      assertThrows(DamagedException.class, in::floats);
    }
    IntStream.range(0, 3).forEach(SiteStoreTest::contradicts);
  }

  /** A body that is well formed, with a checksum that is right, and makes no sense. */
  private static void contradicts(int how) {
    FieldWriter body = new FieldWriter();
    for (String text : List.of("site", "hash", "gptq")) {
      body.text(text);
    }
    body.maybe(Optional.empty());
    body.maybe(OptionalDouble.empty());
    body.maybe(OptionalDouble.empty());
    body.number(0);
    body.text(how == 0 ? "unheard-of/1" : "uniform/1");
    for (int n : new int[] {2, 3, how == 1 ? 40 : 4, 3}) {
      body.number(n);
    }
    body.floats(new float[how == 2 ? 7 : 2]);
    body.bytes(new byte[2]);
    body.bytes(new byte[3]);
    byte[] content = body.toArray();
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update(content);
    FieldWriter file = new FieldWriter();
    file.raw("CMPRSITE".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    file.number(1);
    file.number((int) crc.getValue());
    file.raw(content);
    assertThrows(DamagedException.class, () -> SiteCodec.decode(file.toArray()));
  }

  @Test
  void aGridWithoutCodecIsABugOfOurs() {
    Grid strange =
        new Grid() {
          @Override
          public int rows() {
            return 1;
          }

          @Override
          public int cols() {
            return 1;
          }

          @Override
          public int bits() {
            return 1;
          }

          @Override
          public int encode(int row, int col, double w) {
            return 0;
          }

          @Override
          public double decode(int row, int col, int code) {
            return 0;
          }
        };
    SolvedWeight solved =
        new SolvedWeight(
            new QuantizedWeight(strange, new byte[1]),
            "rtn",
            Optional.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            List.of());
    CompressorException e =
        assertThrows(
            CompressorException.class, () -> new SiteStore(folder).put("site", "hash", solved));
    assertEquals(ErrorCode.INTERNAL, e.code());
    assertEquals(List.of(), list());
  }

  private List<Path> list() {
    try (var files = Files.list(folder)) {
      return files.toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
