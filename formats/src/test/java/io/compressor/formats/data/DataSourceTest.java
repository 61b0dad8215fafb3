package io.compressor.formats.data;

import static io.compressor.formats.data.ModelInputs.floats;
import static io.compressor.formats.data.ModelInputs.input;
import static io.compressor.formats.data.ModelInputs.longs;
import static io.compressor.formats.data.ModelInputs.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.formats.data.ImageOptions.Size;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSourceTest {
  private static final Value X = floats("x", "n");

  @TempDir Path folder;

  private Path descriptor(String yaml) throws IOException {
    float[] ten = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    NpzWriter.write(
        folder.resolve("a.npz"), List.of(Tensor.ofFloats("pixels", new long[] {10}, ten)));
    return Files.writeString(folder.resolve("data.yaml"), yaml);
  }

  private float[] values(String yaml) throws IOException {
    Dataset data = Datasets.open(DataSource.of(descriptor(yaml)), List.of(X));
    return data.batch(0, data.size()).inputs().get("x").toFloats();
  }

  private static final String MAPPED = "files: a.npz\ncolumns: { x: pixels }\n";

  @Test
  void everyKeyIsRead() throws IOException {
    DataSource source =
        DataSource.of(
            descriptor(
                """
                kind: images
                files: [a.npz]
                columns: { x: pixels }
                fill: { rate: 16000 }
                label: class
                score: rating
                text: body
                text_a: first
                text_b: second
                pairs: false
                tokenizer: tok.json
                length: 128
                stride: 64
                windows: true
                pad: 3
                split: 10%..90%
                shuffle: 17
                limit: 5
                preprocess:
                  { size: 256, crop: [224, 192], mean: [0.4, 0.5, 0.6], std: 0.2, scale: 0.5,
                    layout: NHWC, color: BGR }
                """));
    assertEquals(DataKind.IMAGES, source.kind());
    assertEquals(List.of(folder.resolve("a.npz")), source.files());
    assertEquals("pixels", source.column("x"));
    assertEquals(16000, source.fill().get("rate"));
    assertEquals(
        new DataSource.Fields("class", "rating", "body", "first", "second"), source.fields());
    assertFalse(source.pairs().orElseThrow());
    assertEquals(folder.resolve("tok.json"), source.text().tokenizer().orElseThrow());
    assertEquals(OptionalInt.of(128), source.text().length());
    assertEquals(OptionalInt.of(64), source.text().stride());
    assertTrue(source.text().windows().orElseThrow());
    assertEquals(OptionalLong.of(3), source.text().pad());
    assertEquals(OptionalLong.of(17), source.selection().shuffle());
    assertEquals(OptionalInt.of(5), source.selection().limit());
    assertEquals(new Size(256, OptionalInt.empty()), source.images().size().orElseThrow());
    assertEquals(new Size(224, OptionalInt.of(192)), source.images().crop().orElseThrow());
    assertEquals(List.of(0.4, 0.5, 0.6), source.images().mean());
    assertEquals(ImageOptions.Layout.NHWC, source.images().layout().orElseThrow());
    assertEquals(ImageOptions.Color.BGR, source.images().color().orElseThrow());
  }

  /** The manual's descriptor is read as printed, so that it names no key that is not there. */
  @Test
  void theManualsDescriptorIsRead() throws IOException {
    String manual = Files.readString(Path.of("../docs/data.md"));
    String yaml = manual.substring(manual.indexOf("```yaml") + 7);
    Files.writeString(folder.resolve("reviews.csv"), "body,class\nw0,1\n");
    DataSource source = DataSource.of(descriptor(yaml.substring(0, yaml.indexOf("```"))));
    assertEquals(DataKind.TEXT, source.kind());
    assertEquals(new Size(224, OptionalInt.empty()), source.images().crop().orElseThrow());
  }

  @Test
  void unknownAndMisspeltKeysNameTheirPlace() throws IOException {
    Path top = descriptor(MAPPED + "lenght: 3\n");
    refused(() -> DataSource.of(top), "data.yaml:lenght", "unknown key", "length");
    Path deep = descriptor(MAPPED + "preprocess: { means: 3 }\n");
    refused(() -> DataSource.of(deep), "data.yaml:preprocess.means", "mean");
    Path wrong = descriptor(MAPPED + "limit: many\n");
    refused(() -> DataSource.of(wrong), "data.yaml:limit", "'many'", "whole number");
    Path zero = descriptor(MAPPED + "limit: 0\n");
    refused(() -> DataSource.of(zero), "limit", "at least 1");
    Path kind = descriptor("kind: video\nfiles: a.npz\n");
    refused(() -> DataSource.of(kind), "data.yaml:kind", "'video'", "npz");
    Path split = descriptor(MAPPED + "split: some\n");
    refused(() -> DataSource.of(split), "data.yaml:split", "0%..80%");
    Path twice = descriptor("files: a.npz\nfiles: b.npz\n");
    refused(() -> DataSource.of(twice), "data.yaml", "files");
    Path list = descriptor("- a\n- b\n");
    refused(() -> DataSource.of(list), "found array");
    Path missing = descriptor("files: nowhere.npz\n");
    refused(() -> DataSource.of(missing), "nowhere.npz", "not found");
    Path nothing = descriptor("");
    refused(() -> DataSource.of(nothing), "data.yaml");
    Path broken = descriptor("files: [a\n");
    refused(() -> DataSource.of(broken), "not a descriptor");
  }

  @Test
  void hostileYamlIsRefused() throws IOException {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 60; i++) {
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, "*a" + (i - 1) + ", *a" + (i - 1)));
    }
    Path path = descriptor(bomb.toString());
    refused(() -> DataSource.of(path), "data.yaml");
    Path deep = descriptor("files: " + "[".repeat(100_000) + "]".repeat(100_000));
    refused(() -> DataSource.of(deep), "data.yaml");
  }

  @Test
  void pathsOfNoKnownKindListTheKinds() throws IOException {
    Path path = Files.writeString(folder.resolve("a.pkl"), "x");
    refused(() -> DataSource.of(path), "a.pkl", "unknown kind", ".npz");
    refused(() -> DataSource.of(folder.resolve("nope.npz")), "not found");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    refused(() -> DataSource.of(empty), "no pictures");
  }

  @Test
  void splitsShufflesAndLimitsCompose() throws IOException {
    assertArrayEquals(new float[] {8, 9}, values(MAPPED + "split: 80%..\n"));
    assertArrayEquals(new float[] {2, 3, 4}, values(MAPPED + "split: 2..5\n"));
    assertArrayEquals(new float[] {0}, values(MAPPED + "split: ..50%\nlimit: 1\n"));
    float[] train = values(MAPPED + "shuffle: 5\nsplit: ..70%\n");
    float[] test = values(MAPPED + "shuffle: 5\nsplit: 70%..\n");
    float[] all = Arrays.copyOf(train, 10);
    System.arraycopy(test, 0, all, 7, 3);
    Arrays.sort(all);
    assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, all);
    assertFalse(Arrays.equals(train, values(MAPPED + "split: ..70%\n")));
    Path none = descriptor(MAPPED + "split: 20..30\n");
    refused(() -> Datasets.open(DataSource.of(none), List.of(X)), "no samples", "20..30");
  }

  @Test
  void aMappingToNowhereIsRefused() throws IOException {
    Path path = descriptor("files: a.npz\ncolumns: { x: pixel }\n");
    refused(() -> Datasets.open(DataSource.of(path), List.of(X)), "a.npz:pixel", "[pixels]");
  }

  @Test
  void randomDataIsOnlyMadeWhenAskedForAndSaysSo() {
    List<Value> inputs =
        List.of(
            floats("x", "n", 2, "t"),
            longs("input_ids", "n", "t"),
            input("attention_mask", ElementType.INT64, "n", "t"));
    Map<String, Object> random =
        Map.of(
            "samples",
            500,
            "seed",
            3,
            "max",
            100,
            "shapes",
            Map.of("x", List.of(2, 8), "input_ids", List.of(8)));
    DataSource source = DataSource.of(Map.of("random", random), folder, "recipe.yaml");
    Dataset data = Datasets.open(source, inputs);
    assertEquals(500, data.size());
    Batch batch = data.batch(0, 500);
    assertTrue(
        Arrays.stream(batch.inputs().get("input_ids").toLongs()).allMatch(v -> v >= 0 && v < 100));
    float[] x = batch.inputs().get("x").toFloats();
    double mean = 0;
    double square = 0;
    for (float v : x) {
      mean += v / x.length;
      square += (double) v * v / x.length;
    }
    // 8000 draws: the mean's deviation is 0.011, the square's 0.016; five of them.
    assertEquals(0, mean, 0.06);
    assertEquals(1, square, 0.08);
    assertArrayEquals(
        data.batch(7, 8).inputs().get("x").toFloats(), Arrays.copyOfRange(x, 7 * 16, 8 * 16));
    DataSummary summary = data.summary();
    assertTrue(summary.random());
    assertTrue(summary.notes().get(0).startsWith("RANDOM DATA"));
    assertEquals(List.of("attention_mask: ones"), summary.filled());
  }

  @Test
  void randomDataNeedsShapesAndRanges() {
    DataSource source = DataSource.of(Map.of("random", Map.of()), folder, "r.yaml");
    refused(() -> Datasets.open(source, List.of(floats("x", "n", "t"))), "axis 1", "shapes");
    refused(() -> Datasets.open(source, List.of(longs("x", "n", 2))), "constant", "max");
    refused(
        () -> DataSource.of(Map.of("random", Map.of(), "files", "."), folder, "r.yaml"),
        "both files and random");
  }
}
