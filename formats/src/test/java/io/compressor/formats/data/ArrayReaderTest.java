package io.compressor.formats.data;

import static io.compressor.formats.data.ModelInputs.floats;
import static io.compressor.formats.data.ModelInputs.input;
import static io.compressor.formats.data.ModelInputs.longs;
import static io.compressor.formats.data.ModelInputs.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrayReaderTest {
  private static final long[] EIGHTHS_SHAPE = {4, 2, 3};

  @TempDir Path folder;

  private Path npz(Tensor... tensors) {
    Path path = folder.resolve("data.npz");
    NpzWriter.write(path, List.of(tensors));
    return path;
  }

  private static Dataset open(Path path, Value... inputs) {
    return Datasets.open(DataSource.of(path), List.of(inputs));
  }

  private Path resource(String name) throws IOException {
    Path path = folder.resolve(name);
    try (InputStream in = ArrayReaderTest.class.getResourceAsStream("/data/" + name)) {
      Files.copy(in, path);
    }
    return path;
  }

  private static Tensor row(String name, float... values) {
    return Tensor.ofFloats(name, new long[] {values.length, 1}, values);
  }

  @Test
  void writtenArraysComeBackInBatches() {
    Path path =
        npz(
            Tensor.ofFloats("x", new long[] {3, 2}, new float[] {1, 2, 3, 4, 5, 6}),
            Tensor.ofLongs("ids", new long[] {3, 1}, 7, 8, 9),
            Tensor.ofLongs("label", new long[] {3}, 0, 1, 0));
    try (Dataset data = open(path, longs("ids", "n", 1), floats("x", "n", 2))) {
      assertEquals(3, data.size());
      assertEquals(Set.of("ids", "x"), data.inputNames());
      Batch batch = data.batch(1, 3);
      assertEquals(List.of("ids", "x"), List.copyOf(batch.inputs().keySet()));
      assertArrayEquals(new float[] {3, 4, 5, 6}, batch.inputs().get("x").toFloats());
      assertArrayEquals(new long[] {8, 9}, batch.inputs().get("ids").toLongs());
      assertTrue(batch.inputs().get("x").data().buffer().isDirect());
      assertArrayEquals(new long[] {0, 1, 0}, data.labels().orElseThrow());
      assertEquals(-1, data.length(0));
      assertEquals(OptionalInt.empty(), data.fixedBatch());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"numpy-stored.npz", "numpy-deflated.npz"})
  void everyNumPyLayoutGivesTheSameNumbers(String file) throws IOException {
    Dataset data =
        open(
            resource(file),
            floats("c", "n", 2, 3),
            floats("fortran", "n", 2, 3),
            longs("big", "n", 2),
            input("bigfloat", ElementType.DOUBLE, "n", 2),
            floats("half", "n"),
            input("flags", ElementType.BOOL, "n"),
            floats("bytes", "n", 2));
    Batch batch = data.batch(0, 4);
    float[] eighths = new float[24];
    for (int i = 0; i < 24; i++) {
      eighths[i] = i / 8f;
    }
    assertArrayEquals(EIGHTHS_SHAPE, batch.inputs().get("c").dims());
    assertArrayEquals(eighths, batch.inputs().get("c").toFloats());
    assertArrayEquals(eighths, batch.inputs().get("fortran").toFloats());
    assertArrayEquals(new long[] {-3, -2, -1, 0, 1, 2, 3, 4}, batch.inputs().get("big").toLongs());
    assertArrayEquals(
        new float[] {-1, -.75f, -.5f, -.25f, 0, .25f, .5f, .75f},
        batch.inputs().get("bigfloat").toFloats());
    assertArrayEquals(new float[] {-1, -.5f, 0, .5f}, batch.inputs().get("half").toFloats());
    assertArrayEquals(new long[] {1, 0, 1, 1}, batch.inputs().get("flags").toLongs());
    assertArrayEquals(
        new float[] {0, 255, 1, 2, 3, 4, 5, 6}, batch.inputs().get("bytes").toFloats());
    assertArrayEquals(new long[] {2, 0, 1, 2}, data.labels().orElseThrow());
    assertTrue(
        data.summary().notes().contains("bytes: uint8 read as float32"),
        () -> data.summary().notes().toString());
  }

  @Test
  void pickledArraysAreRefused() throws IOException {
    Path path = resource("numpy-object.npz");
    refused(() -> open(path, floats("x", "n")), "x", "pickle");
  }

  @Test
  void aMissingInputIsNamedWithItsType() {
    Path path = npz(row("x", 1, 2));
    refused(
        () -> open(path, floats("x", "n", 1), floats("y", "batch", 7)), "y float32[batch, 7]", "x");
  }

  @Test
  void theWrongElementTypeIsRefusedWithBothNames() {
    Path path = npz(row("ids", 1, 2));
    refused(() -> open(path, longs("ids", "n", 1)), "ids", "float32", "int64", "astype");
  }

  @Test
  void theWrongRankIsRefusedWithBothShapes() {
    Path path = npz(row("x", 1, 2));
    refused(() -> open(path, floats("x", "n", 3, 8, 8)), "x", "rank 2", "rank 4");
  }

  @Test
  void picturesWithChannelsAtTheOtherEndAreToBeTurned() {
    long[] last = {32, 24, 3};
    refused(
        () -> Shapes.stacking(floats("x", "n", 3, 32, 24), last, "x"),
        "wants 3 on axis 1",
        "(0, 3, 1, 2)");
    refused(
        () -> Shapes.stacking(floats("x", "n", "h", "w", 3), new long[] {3, 32, 24}, "x"),
        "(0, 2, 3, 1)");
    refused(() -> Shapes.stacking(floats("x", "n", 3, 30, 24), last, "x"), "reshape, crop or pad");
  }

  @Test
  void aWrongFixedSizeIsRefused() {
    Path path = npz(row("x", 1, 2));
    refused(() -> open(path, floats("x", "n", 3)), "[samples, 1]", "wants 3 on axis 1");
  }

  @Test
  void noSamplesAreRefused() {
    Path path = npz(Tensor.ofFloats("x", new long[] {0, 4}, new float[0]));
    refused(() -> open(path, floats("x", "n", 4)), "no samples");
  }

  @Test
  void theFirstNonFiniteValueIsNamed() {
    Path path = npz(row("x", 1, Float.NaN, Float.NEGATIVE_INFINITY));
    refused(() -> open(path, floats("x", "n", 1)), "x", "sample 1, element 0 is NaN");
    Dataset spared = Datasets.open(DataSource.of(path).limit(1), List.of(floats("x", "n", 1)));
    assertEquals(1, spared.size());
  }

  @Test
  void integersNarrowOnlyWhereEachValueFits() {
    Path fits = npz(Tensor.ofLongs("ids", new long[] {2}, -5, 7));
    Value ids = input("ids", ElementType.INT32, "n");
    assertArrayEquals(
        new long[] {-5, 7}, open(fits, ids).batch(0, 2).inputs().get("ids").toLongs());
    Path wide = npz(Tensor.ofLongs("ids", new long[] {2}, 1, 1L << 40));
    refused(() -> open(wide, ids), "ids", "sample 1", "1099511627776", "int32");
  }

  @Test
  void float64IsRoundedToFloat32ButMayNotOverflow() {
    Value x = floats("x", "n");
    Path fits = npz(Tensor.ofDoubles("x", new long[] {1}, new double[] {0.1}));
    assertEquals(0.1f, open(fits, x).batch(0, 1).inputs().get("x").toFloats()[0]);
    Path wide = npz(Tensor.ofDoubles("x", new long[] {1}, new double[] {1e300}));
    refused(() -> open(wide, x), "1.0E300", "float32");
  }

  @Test
  void float32ForAHalfModelMustBeExact() {
    Value x = input("x", ElementType.FLOAT16, "n", 1);
    assertEquals(0.5f, open(npz(row("x", .5f)), x).batch(0, 1).inputs().get("x").toFloats()[0]);
    Path lossy = npz(row("x", .1f));
    refused(() -> open(lossy, x), "x", "float16");
  }

  @Test
  void differentSampleCountsAreRefused() {
    Path path = npz(row("x", 1, 2), row("y", 1, 2, 3));
    refused(() -> open(path, floats("x", "n", 1), floats("y", "n", 1)), "3 samples", "'x' has 2");
  }

  @Test
  void negativeLabelsAreRefused() {
    Path path = npz(row("x", 1, 2), Tensor.ofLongs("label", new long[] {2}, 0, -1));
    refused(() -> open(path, floats("x", "n", 1)), "label of sample 1 is -1");
  }

  @Test
  void halfAsManyScoresMeanPairs() {
    Path path =
        npz(row("x", 1, 2, 3, 4), Tensor.ofDoubles("score", new long[] {2}, new double[] {.5, .9}));
    Dataset data = open(path, floats("x", "n", 1));
    assertTrue(data.pairs());
    assertArrayEquals(new double[] {.5, .9}, data.scores().orElseThrow());
    assertArrayEquals(new double[] {.9}, data.slice(2, 4).scores().orElseThrow());
    assertTrue(data.slice(1, 3).scores().isEmpty(), "a torn pair has no score");
  }

  @Test
  void aModelWithoutASampleAxisTakesOneSampleARun() {
    Path path =
        npz(
            Tensor.ofFloats("x", new long[] {3, 1, 2}, new float[] {1, 2, 3, 4, 5, 6}),
            Tensor.ofLongs("rate", new long[] {3}, 8, 16, 8));
    Dataset data = open(path, floats("x", 1, 2), longs("rate"));
    assertEquals(OptionalInt.of(1), data.fixedBatch());
    Batch second = data.batch(1, 2);
    assertArrayEquals(new long[] {1, 2}, second.inputs().get("x").dims());
    assertArrayEquals(new long[0], second.inputs().get("rate").dims());
    assertArrayEquals(new long[] {16}, second.inputs().get("rate").toLongs());
    refused(() -> data.batch(0, 2), "--batch 1");
  }

  @Test
  void aFixedBatchIsReported() {
    Path path = npz(row("x", 1, 2, 3, 4, 5));
    Dataset data = open(path, floats("x", 2, 1));
    assertEquals(OptionalInt.of(2), data.fixedBatch());
    assertTrue(data.summary().notes().toString().contains("last 1 samples"));
  }

  @Test
  void aSingleArrayFeedsASingleInputWhateverItsName() throws IOException {
    assertEquals(2, open(npz(row("arr_0", 1, 2)), floats("x", "n", 1)).size());
    Path npy = folder.resolve("one.npy");
    Tensor tensor = row("", 1, 2, 3);
    try (OutputStream out = Files.newOutputStream(npy)) {
      out.write(NpzWriter.header(tensor));
      out.write(tensor.data().toArray());
    }
    Dataset data = open(npy, floats("x", "n", 1));
    assertArrayEquals(new float[] {1, 2, 3}, data.batch(0, 3).inputs().get("x").toFloats());
    refused(() -> open(npy, floats("x", "n", 1), floats("y", "n", 1)), "2 inputs", ".npz");
  }

  @Test
  void duplicatesCountAndHashesFollowTheContent() {
    Path path = npz(row("x", 1, 2, 1, 1));
    Dataset data = open(path, floats("x", "n", 1));
    assertEquals(2, data.summary().duplicates());
    String before = data.sha256();
    assertEquals(before, open(npz(row("x", 1, 2, 1, 1)), floats("x", "n", 1)).sha256());
    assertNotEquals(before, open(npz(row("x", 1, 2, 1, 0)), floats("x", "n", 1)).sha256());
  }

  @Test
  void truncatedFilesAreRefused() throws IOException {
    for (String name : List.of("numpy-stored.npz", "numpy-deflated.npz")) {
      byte[] whole = Files.readAllBytes(resource(name));
      for (int length = 0; length < whole.length; length += 97) {
        Path cut = folder.resolve("cut-" + name);
        Files.write(cut, Arrays.copyOf(whole, length));
        refused(() -> open(cut, floats("c", "n", 2, 3)), cut.toString());
      }
    }
  }

  @Test
  void aBombIsRefusedBeforeItIsUnpacked() throws IOException {
    Path path = folder.resolve("bomb.npz");
    Tensor claim = Tensor.ofBytes("x", ElementType.UINT8, new long[] {16}, new byte[16]);
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      zip.write(NpzWriter.header(claim));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 64; i++) {
        zip.write(zeros);
      }
      zip.closeEntry();
    }
    refused(() -> open(path, input("x", ElementType.UINT8, "n")), "needs", "found 67108992");
  }
}
