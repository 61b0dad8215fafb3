package io.compressor.formats.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Message;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.onnx.WriteOptions.ExternalData;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxWriterTest {
  private static final WriteOptions ALWAYS = WriteOptions.of(ExternalData.ALWAYS);

  @TempDir Path folder;

  @Test
  void bigTensorsGoToOneAlignedFileAndComeBack() throws IOException {
    Tensor a = floats("a", 301);
    Tensor small = floats("small", 3);
    Tensor b = floats("b", 500);
    Path target = folder.resolve("m.onnx");
    OnnxWriter.write(TestModels.chain(a, small, b), target, ALWAYS);
    assertEquals(List.of("m.onnx", "m.onnx.data"), names());
    assertEquals(1216 + 2000, Files.size(folder.resolve("m.onnx.data")));
    Model read = OnnxReader.read(target);
    for (Tensor t : List.of(a, small, b)) {
      assertArrayEquals(t.toFloats(), read.graph().initializers().get(t.name()).toFloats());
    }
    Bytes.Region place = (Bytes.Region) read.graph().initializers().get("b").data();
    assertEquals(0, place.offset() % 64);
    assertTrue(read.graph().initializers().get("small").message().size() > 0);
  }

  @Test
  void autoDecidesBySize() throws IOException {
    Model model = TestModels.chain(floats("a", 1000));
    OnnxWriter.write(model, folder.resolve("one.onnx"), new WriteOptions(ExternalData.AUTO, 8000));
    assertEquals(List.of("one.onnx"), names());
    OnnxWriter.write(model, folder.resolve("two.onnx"), new WriteOptions(ExternalData.AUTO, 3000));
    assertEquals(List.of("one.onnx", "two.onnx", "two.onnx.data"), names());
  }

  @Test
  void inlineAndExternalCanBeExchanged() throws IOException {
    byte[] inline = OnnxWriter.toBytes(TestModels.chain(floats("a", 1000), floats("b", 777)));
    Path external = folder.resolve("e.onnx");
    OnnxWriter.write(OnnxReader.read(inline), external, ALWAYS);
    Path back = folder.resolve("i.onnx");
    OnnxWriter.write(OnnxReader.read(external), back, WriteOptions.of(ExternalData.NEVER));
    assertEquals(Oracle.parseModel(inline), Oracle.parseModel(Files.readAllBytes(back)));
  }

  @Test
  void aModelMovesWithItsDataAndReplacesWhatWasThere() throws IOException {
    Path target = folder.resolve("m.onnx");
    OnnxWriter.write(TestModels.chain(floats("old", 400)), target, ALWAYS);
    Path written = Files.createDirectory(folder.resolve("beside")).resolve("m.onnx");
    Model model = TestModels.chain(floats("w", 1000));
    OnnxWriter.write(model, written, ALWAYS);
    assertTrue(OnnxWriter.move(model, written, target));
    assertEquals(List.of("beside", "m.onnx", "m.onnx.data"), names());
    assertFalse(Files.exists(written));
    assertArrayEquals(
        floats("w", 1000).toFloats(),
        OnnxReader.read(target).graph().initializers().get("w").toFloats());
  }

  @Test
  void aModelNeverMovesOverItsOwnSource() throws IOException {
    Path target = folder.resolve("m.onnx");
    OnnxWriter.write(TestModels.chain(floats("w", 1000)), target, ALWAYS);
    Model read = OnnxReader.read(target);
    Path written = Files.createDirectory(folder.resolve("beside")).resolve("m.onnx");
    OnnxWriter.write(read, written, ALWAYS);
    byte[] before = Files.readAllBytes(folder.resolve("m.onnx.data"));
    CompressorException e =
        assertThrows(CompressorException.class, () -> OnnxWriter.move(read, written, target));
    assertEquals(ErrorCode.USAGE, e.code());
    assertArrayEquals(before, Files.readAllBytes(folder.resolve("m.onnx.data")));
  }

  @Test
  void anExistingTargetIsReplaced() throws IOException {
    Path target = Files.writeString(folder.resolve("m.onnx"), "old");
    OnnxWriter.write(TestModels.chain(floats("a", 2)), target, WriteOptions.auto());
    assertEquals(1, OnnxReader.read(target).graph().initializers().size());
    assertEquals(List.of("m.onnx"), names());
  }

  @Test
  void theInputIsNeverTheOutput() throws IOException {
    Path source = folder.resolve("m.onnx");
    OnnxWriter.write(TestModels.chain(floats("a", 1000)), source, ALWAYS);
    byte[] before = Files.readAllBytes(source);
    Model model = OnnxReader.read(source);
    assertRefused(ErrorCode.USAGE, model, source, ALWAYS);
    assertRefused(ErrorCode.USAGE, model, folder.resolve("m.onnx.data"), WriteOptions.auto());
    assertRefused(
        ErrorCode.USAGE, model, folder.resolve("../" + folder.getFileName() + "/m.onnx"), ALWAYS);
    Path link = Files.createSymbolicLink(folder.resolve("link.onnx"), source);
    Path data = Files.createLink(folder.resolve("hard.onnx.data"), folder.resolve("m.onnx.data"));
    assertTrue(Files.exists(data));
    assertRefused(ErrorCode.USAGE, model, link, WriteOptions.auto());
    assertRefused(ErrorCode.USAGE, model, folder.resolve("hard.onnx"), ALWAYS);
    assertArrayEquals(before, Files.readAllBytes(source));
  }

  @Test
  void aFailureLeavesNothingBehind() throws IOException {
    Bytes failing =
        new Bytes.Derived(
            8000,
            () -> {
              throw new UncheckedIOException(new IOException("No space left on device"));
            });
    Tensor bad = Tensor.of("bad", ElementType.FLOAT, new long[] {2000}, failing);
    Path target = Files.writeString(folder.resolve("m.onnx"), "old");
    Model model = TestModels.chain(floats("a", 1000), bad);
    for (WriteOptions options : List.of(ALWAYS, WriteOptions.auto())) {
      CompressorException e = assertRefused(ErrorCode.IO, model, target, options);
      assertTrue(e.getMessage().contains("No space left"), e.getMessage());
      assertEquals(List.of("m.onnx"), names());
      assertEquals("old", Files.readString(target));
    }
  }

  @Test
  void placesThatCannotHoldTheFileAreRefusedEarly() throws IOException {
    Model model = TestModels.chain(floats("a", 2));
    assertRefused(ErrorCode.IO, model, folder.resolve("no/such/m.onnx"), WriteOptions.auto());
    assertRefused(ErrorCode.IO, model, folder, WriteOptions.auto());
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertRefused(ErrorCode.IO, model, file.resolve("m.onnx"), WriteOptions.auto());
  }

  @Test
  void whatExceedsProtobufIsRefusedInOneFile() {
    Bytes huge = new Bytes.Derived(3L << 30, () -> java.nio.ByteBuffer.allocate(0));
    Model model =
        TestModels.chain(Tensor.of("huge", ElementType.UINT8, new long[] {3L << 30}, huge));
    assertRefused(
        ErrorCode.USAGE, model, folder.resolve("m.onnx"), WriteOptions.of(ExternalData.NEVER));
    assertThrows(CompressorException.class, () -> OnnxWriter.toBytes(model));
    assertTrue(OnnxWriter.skeleton(model, t -> true).length < 1000);
  }

  @Test
  void aSkeletonRefersToTheChosenTensorsOnly() {
    Model model = TestModels.chain(floats("a", 1000), floats("b", 1000));
    Message skeleton = Oracle.parseModel(OnnxWriter.skeleton(model, t -> t.name().equals("a")));
    List<?> initializers =
        (List<?>) Oracle.get((Message) Oracle.get(skeleton, "graph"), "initializer");
    String a = initializers.get(0).toString();
    assertTrue(a.contains("EXTERNAL") && a.contains(OnnxWriter.SEPARATE_WEIGHTS), a);
    assertFalse(a.contains("raw_data"));
    assertTrue(initializers.get(1).toString().contains("raw_data"));
  }

  @Test
  void changesOfAReadModelAreWritten() {
    Model read = OnnxReader.read(OnnxWriter.toBytes(TestModels.chain(floats("a", 4))));
    Model changed =
        read.withOpset("", 21)
            .withOpset("com.microsoft", 1)
            .withIrVersion(10)
            .withMetadata("compressor.version", "1");
    Model again = OnnxReader.read(OnnxWriter.toBytes(changed));
    assertEquals(changed.opsets(), again.opsets());
    assertEquals(changed.metadata(), again.metadata());
    assertEquals(10, again.irVersion());
  }

  @Test
  void oddSpellingsOfAChangedMapDoNotOutliveIt() {
    // opset_import { domain: "ai.onnx" version: 17 }, an alias that we would not write
    byte[] alias = "\u0042\u000b\n\u0007ai.onnx\u0010\u0011".getBytes(StandardCharsets.ISO_8859_1);
    byte[] plain = {8, 8, 7 << 3 | 2, 0};
    byte[] file = new byte[alias.length + plain.length];
    System.arraycopy(plain, 0, file, 0, plain.length);
    System.arraycopy(alias, 0, file, plain.length, alias.length);
    Model read = OnnxReader.read(file);
    assertEquals(17, read.opset());
    assertEquals(Oracle.parseModel(file), Oracle.parseModel(OnnxWriter.toBytes(read)));
    Model raised = OnnxReader.read(OnnxWriter.toBytes(read.withOpset("", 21)));
    assertEquals(21, raised.opset());
    assertEquals(0, raised.extra().size());
  }

  private CompressorException assertRefused(
      ErrorCode code, Model model, Path target, WriteOptions options) {
    CompressorException e =
        assertThrows(CompressorException.class, () -> OnnxWriter.write(model, target, options));
    assertEquals(code, e.code());
    return e;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  private static Tensor floats(String name, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = i * 0.5f - name.length();
    }
    return Tensor.ofFloats(name, new long[] {n}, values);
  }
}
