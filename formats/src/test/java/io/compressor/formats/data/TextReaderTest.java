package io.compressor.formats.data;

import static io.compressor.formats.data.ModelInputs.floats;
import static io.compressor.formats.data.ModelInputs.input;
import static io.compressor.formats.data.ModelInputs.longs;
import static io.compressor.formats.data.ModelInputs.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.ir.ElementType;
import io.compressor.ir.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextReaderTest {
  private static final List<Value> BERT =
      List.of(
          longs("input_ids", "batch", "sequence"),
          longs("attention_mask", "batch", "sequence"),
          longs("token_type_ids", "batch", "sequence"));

  @TempDir Path folder;

  @BeforeEach
  void writeTokenizer() throws IOException {
    ToyTokenizer.write(folder);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Dataset described(Map<String, Object> descriptor, List<Value> inputs) {
    return Datasets.open(DataSource.of(descriptor, folder, "data.yaml"), inputs);
  }

  private static long[] values(Batch batch, String name) {
    return batch.inputs().get(name).toLongs();
  }

  @Test
  void linesBecomePaddedTokensWithMaskAndTypes() throws IOException {
    Path path = file("a.txt", "w0 w1 w2\n\nw3\r\nnothing\n");
    try (Dataset data = Datasets.open(DataSource.of(path), BERT)) {
      assertEquals(3, data.size());
      assertEquals(5, data.length(0));
      assertEquals(3, data.length(1));
      Batch batch = data.batch(0, 3);
      assertArrayEquals(new long[] {3, 5}, batch.inputs().get("input_ids").dims());
      assertArrayEquals(
          new long[] {2, 10, 11, 12, 3, 2, 13, 3, 9, 9, 2, ToyTokenizer.UNKNOWN, 3, 9, 9},
          values(batch, "input_ids"));
      assertArrayEquals(
          new long[] {1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0},
          values(batch, "attention_mask"));
      assertArrayEquals(new long[15], values(batch, "token_type_ids"));
      assertArrayEquals(
          new long[] {2, 13, 3}, values(data.batch(1, 2), "input_ids"), "no padding when alone");
      assertTrue(data.labels().isEmpty());
      assertTrue(data.summary().padded() > 0);
    }
  }

  @Test
  void truncationKeepsTheLastSpecialTokenAndIsNoted() throws IOException {
    file("a.txt", "w0 w1 w2 w3 w4\nw5\n");
    Dataset data = described(Map.of("files", "a.txt", "length", 4), BERT);
    assertArrayEquals(new long[] {2, 10, 11, 3}, values(data.batch(0, 1), "input_ids"));
    assertTrue(data.summary().notes().contains("1 of 2 texts truncated to 4 tokens"));
  }

  @Test
  void aModelOfFixedLengthGetsExactlyThat() throws IOException {
    Path path = file("a.txt", "w0\nw0 w1 w2 w3 w4 w5\n");
    List<Value> inputs =
        List.of(
            input("input_ids", ElementType.INT32, "n", 6),
            floats("attention_mask", "n", 6),
            longs("position_ids", 1, 6));
    Dataset data = Datasets.open(DataSource.of(path), inputs);
    Batch batch = data.batch(0, 1);
    assertArrayEquals(new long[] {2, 10, 3, 9, 9, 9}, values(batch, "input_ids"));
    assertArrayEquals(
        new float[] {1, 1, 1, 0, 0, 0}, batch.inputs().get("attention_mask").toFloats());
    assertArrayEquals(new long[] {0, 1, 2, 0, 0, 0}, values(batch, "position_ids"));
    assertArrayEquals(new long[] {2, 10, 11, 12, 13, 3}, values(data.batch(1, 2), "input_ids"));
    refused(
        () -> described(Map.of("files", "a.txt", "length", 9), inputs), "9 tokens", "exactly 6");
  }

  @Test
  void csvPairsAreInterleavedAndScored() throws IOException {
    file("a.csv", "\uFEFFs1,s2,similarity\n\"w0, w1\",w2,4.5\nw3,w4 w5,0\n");
    Map<String, Object> descriptor =
        Map.of("files", "a.csv", "text_a", "s1", "text_b", "s2", "score", "similarity");
    Dataset data = described(descriptor, BERT);
    assertEquals(4, data.size());
    assertTrue(data.pairs());
    assertArrayEquals(new double[] {4.5, 0}, data.scores().orElseThrow());
    assertArrayEquals(new long[] {2, 14, 15, 3}, values(data.batch(3, 4), "input_ids"));
  }

  @Test
  void unpairedTextsShareASampleWithTypes() throws IOException {
    file("a.csv", "text_a,text_b,label\nw0,w2 w3,entails\nw3,w4,not\n");
    Dataset data = described(Map.of("files", "a.csv", "pairs", false), BERT);
    assertEquals(2, data.size());
    assertFalse(data.pairs());
    Batch batch = data.batch(0, 1);
    assertArrayEquals(new long[] {2, 10, 3, 12, 13, 3}, values(batch, "input_ids"));
    assertArrayEquals(new long[] {0, 0, 0, 1, 1, 1}, values(batch, "token_type_ids"));
    assertArrayEquals(new long[] {0, 1}, data.labels().orElseThrow());
  }

  @Test
  void classNamesBecomeSortedNumbers() throws IOException {
    Path path =
        file(
            "a.jsonl",
            "{\"text\": \"w0\", \"label\": \"pos\"}\n{\"text\": \"w1\", \"label\": \"neg\"}\n");
    Dataset data = Datasets.open(DataSource.of(path), BERT);
    assertArrayEquals(new long[] {1, 0}, data.labels().orElseThrow());
    assertTrue(data.summary().notes().contains("2 classes: 0=neg, 1=pos"));
    assertEquals(2, data.summary().classes());
  }

  @Test
  void windowsCutOneStreamWithoutSpecialTokens() throws IOException {
    file("a.txt", "w0 w1 w2\nw3 w4\nw5 w6\n");
    Dataset data =
        described(Map.of("files", "a.txt", "length", 4, "stride", 2), BERT.subList(0, 1));
    assertEquals(2, data.size());
    assertArrayEquals(new long[] {10, 11, 12, 13}, values(data.batch(0, 1), "input_ids"));
    assertArrayEquals(new long[] {12, 13, 14, 15}, values(data.batch(1, 2), "input_ids"));
    Dataset limited =
        described(
            Map.of("files", "a.txt", "length", 2, "windows", true, "limit", 1), BERT.subList(0, 1));
    assertEquals(1, limited.size());
    assertEquals(List.of(), limited.summary().shortages());
  }

  @Test
  void textThatFillsNotOneWindowIsNoted() throws IOException {
    file("a.txt", "w0 w1 w2\n");
    Dataset data =
        described(Map.of("files", "a.txt", "length", 8, "windows", true), BERT.subList(0, 1));
    assertEquals(1, data.size());
    assertEquals(
        List.of("the whole text has 3 tokens, 8 were asked for: shorter than one window"),
        data.summary().shortages());
  }

  @Test
  void aDecoderWithACacheGetsAnEmptyOne() throws IOException {
    Path path = file("a.txt", "w0 w1 w2 w3\n");
    List<Value> inputs =
        List.of(
            longs("input_ids", "batch_size", "sequence_length"),
            longs("attention_mask", "batch_size", "past_sequence_length + 1"),
            longs("position_ids", "batch_size", "sequence_length"),
            floats("past_key_values.0.key", "batch_size", 3, "past_sequence_length", 64),
            floats("past_key_values.0.value", "batch_size", 3, "past_sequence_length", 64),
            input("use_cache_branch", ElementType.BOOL, 1));
    Dataset data = Datasets.open(DataSource.of(path), inputs);
    Batch batch = data.batch(0, 1);
    assertArrayEquals(new long[] {10, 11, 12, 13}, values(batch, "input_ids"));
    assertArrayEquals(new long[] {0, 1, 2, 3}, values(batch, "position_ids"));
    assertArrayEquals(new long[] {1, 3, 0, 64}, batch.inputs().get("past_key_values.0.key").dims());
    assertArrayEquals(new long[] {0}, values(batch, "use_cache_branch"));
    assertTrue(data.summary().filled().contains("past_key_values.0.value: empty cache"));
  }

  @Test
  void theTokenizerCountsInTheHash() throws IOException {
    Path path = file("a.txt", "w0\n");
    String before = Datasets.open(DataSource.of(path), BERT).sha256();
    file("tokenizer.json", Files.readString(folder.resolve("tokenizer.json")) + "\n");
    assertNotEquals(before, Datasets.open(DataSource.of(path), BERT).sha256());
  }

  @Test
  void theTokenizerIsFoundBesideTheModel() throws IOException {
    Path texts = Files.createDirectory(folder.resolve("texts"));
    Path path = Files.writeString(texts.resolve("a.txt"), "w0\n");
    refused(() -> Datasets.open(DataSource.of(path), BERT), "needs a tokenizer", "beside");
    DataSource near = DataSource.of(path).nearModel(folder.resolve("model.onnx"));
    assertEquals(1, Datasets.open(near, BERT).size());
  }

  @Test
  void brokenTextIsRefusedWithItsLine() throws IOException {
    Path jsonl = file("a.jsonl", "{\"text\": \"w0\"}\n{\"text\": \n");
    refused(() -> Datasets.open(DataSource.of(jsonl), BERT), "a.jsonl:2", "broken JSON");
    Path nothing = file("b.jsonl", "{\"txt\": \"w0\"}\n");
    refused(() -> Datasets.open(DataSource.of(nothing), BERT), "b.jsonl:1", "no 'text'", "txt");
    Path half = file("c.csv", "text,label\nw0,1\nw1\n");
    refused(() -> Datasets.open(DataSource.of(half), BERT), "1 of 2 records have a label");
    Path score = file("d.csv", "text,score\nw0,much\n");
    refused(() -> Datasets.open(DataSource.of(score), BERT), "d.csv:2", "'much'");
    Path empty = file("e.txt", "\n \n");
    refused(() -> Datasets.open(DataSource.of(empty), BERT), "no samples");
    Path negative = file("f.csv", "text,label\nw0,-1\n");
    refused(() -> Datasets.open(DataSource.of(negative), BERT), "label of sample 0 is -1");
  }

  @Test
  void brokenTablesAreRefused() throws IOException {
    Path wide = file("a.csv", "text,label\nw0,1,2,3\n");
    refused(() -> Datasets.open(DataSource.of(wide), BERT), "a.csv", "broken CSV");
    Path open = file("b.csv", "text\n\"w0\n");
    refused(() -> Datasets.open(DataSource.of(open), BERT), "b.csv");
    Path empty = file("c.csv", "");
    refused(() -> Datasets.open(DataSource.of(empty), BERT), "c.csv");
    Path bare = file("d.csv", "text,label\n");
    refused(() -> Datasets.open(DataSource.of(bare), BERT), "no samples");
    Path deep = file("e.jsonl", "{\"text\": " + "[".repeat(50_000) + "\n");
    refused(() -> Datasets.open(DataSource.of(deep), BERT), "e.jsonl:1", "broken JSON");
    Path mixed = file("f.jsonl", "{\"text\": \"w0\"}\n{\"text_a\": \"w0\", \"text_b\": \"w1\"}\n");
    refused(() -> Datasets.open(DataSource.of(mixed), BERT), "mixed");
  }

  @Test
  void brokenTokenizersAreRefused() throws IOException {
    Path path = file("a.txt", "w0\n");
    for (String json : List.of("", "[1]", "{", "{}", "{\"model\": {\"type\": \"Nope\"}}")) {
      file("tokenizer.json", json);
      refused(() -> Datasets.open(DataSource.of(path), BERT), "tokenizer.json", "not a tokenizer");
    }
  }

  @Test
  void lengthsTooShortForTheSpecialTokensAreRefused() throws IOException {
    file("a.txt", "w0 w1\n");
    refused(() -> described(Map.of("files", "a.txt", "length", 1), BERT), "length");
  }

  @Test
  void aModelWithoutTokenInputIsRefused() throws IOException {
    Path path = file("a.txt", "w0\n");
    refused(
        () -> Datasets.open(DataSource.of(path), List.of(floats("image", "n", 3, 8, 8))),
        "no input for token ids",
        "image float32[n, 3, 8, 8]");
  }

  @Test
  void otherInputsThatAreMissingAreNamed() throws IOException {
    Path path = file("a.txt", "w0\n");
    refused(
        () -> Datasets.open(DataSource.of(path), List.of(BERT.get(0), floats("bias", "n", 4))),
        "bias float32[n, 4]");
    Dataset filled =
        described(
            Map.of("files", "a.txt", "fill", Map.of("bias", 0.5)),
            List.of(BERT.get(0), floats("bias", "n", 4)));
    assertArrayEquals(
        new float[] {.5f, .5f, .5f, .5f}, filled.batch(0, 1).inputs().get("bias").toFloats());
  }
}
