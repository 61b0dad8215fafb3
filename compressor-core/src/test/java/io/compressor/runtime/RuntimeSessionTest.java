package io.compressor.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.onnx.OnnxReader;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.formats.onnx.WriteOptions;
import io.compressor.formats.onnx.WriteOptions.ExternalData;
import io.compressor.ir.Attribute;
import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.MappedFile;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RuntimeSessionTest {
  private static final SessionSettings ONE = SessionSettings.withThreads(1);

  @Test
  void lentWeightsGiveTheNaiveProduct() {
    Model model = Tiny.perceptron(24, 40);
    Tensor x = Tiny.noise("x", 3, 5, 24);
    try (RuntimeSession session = RuntimeSession.open(model, ONE)) {
      float[] y = session.run(Map.of("x", x)).get("y").toFloats();
      float[] expected =
          matmul(relu(matmul(x.toFloats(), weight(model, "w1"), 24)), weight(model, "w2"), 40);
      // fp32 sums of 40 terms of size about 1
      assertArrayEquals(expected, y, 1e-4f);
    }
  }

  @Test
  void mappedWeightsAtAnOddOffsetGiveTheSameBytesAsDirectOnes(@TempDir Path dir) throws Exception {
    Model model = Tiny.perceptron(24, 40);
    Path file = dir.resolve("weights.bin");
    Map<String, Tensor> mapped = new LinkedHashMap<>();
    Files.write(file, new byte[3]);
    for (Tensor t : model.graph().initializers().values()) {
      Files.write(file, t.data().toArray(), java.nio.file.StandardOpenOption.APPEND);
    }
    MappedFile weights = MappedFile.open(file);
    long at = 3;
    for (Tensor t : model.graph().initializers().values()) {
      Bytes region = new Bytes.Region(weights, at, t.byteCount());
      mapped.put(t.name(), Tensor.of(t.name(), t.type(), t.dims(), region));
      at += t.byteCount();
    }
    Model lazy = model.withGraph(model.graph().withInitializers(mapped));
    Map<String, Tensor> feeds = Map.of("x", Tiny.noise("x", 3, 5, 24));
    try (RuntimeSession a = RuntimeSession.open(model, ONE);
        RuntimeSession b = RuntimeSession.open(lazy, ONE)) {
      assertArrayEquals(bytes(a.run(feeds), "y"), bytes(b.run(feeds), "y"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aModelReadFromAFileRunsAsTheFileItself(ExternalData data, @TempDir Path dir) {
    Path file = dir.resolve("m.onnx");
    OnnxWriter.write(Tiny.perceptron(24, 40), file, WriteOptions.of(data));
    Map<String, Tensor> feeds = Map.of("x", Tiny.noise("x", 3, 5, 24));
    try (RuntimeSession user = RuntimeSession.open(file, ONE);
        RuntimeSession ours = RuntimeSession.open(OnnxReader.read(file), ONE)) {
      assertArrayEquals(bytes(user.run(feeds), "y"), bytes(ours.run(feeds), "y"));
      assertEquals(user.outputs(), ours.outputs());
    }
  }

  @Test
  void initializersThatAreAlsoInputsNeedNotBeFed() {
    Model plain = Tiny.perceptron(24, 40);
    List<Value> inputs = new ArrayList<>(plain.graph().inputs());
    inputs.add(Tiny.fixed("w1", ElementType.FLOAT, 24, 40));
    Model old = plain.withGraph(plain.graph().withInputs(inputs));
    Map<String, Tensor> feeds = Map.of("x", Tiny.noise("x", 3, 5, 24));
    try (RuntimeSession a = RuntimeSession.open(plain, ONE);
        RuntimeSession b = RuntimeSession.open(old, ONE)) {
      assertEquals(1, b.inputs().size());
      assertArrayEquals(bytes(a.run(feeds), "y"), bytes(b.run(feeds), "y"));
    }
  }

  @Test
  void heapAndUnalignedFeedsFit(@TempDir Path dir) throws Exception {
    Tensor x = Tiny.noise("x", 3, 5, 24);
    Path file = dir.resolve("x.bin");
    byte[] shifted = new byte[1 + (int) x.byteCount()];
    System.arraycopy(x.data().toArray(), 0, shifted, 1, shifted.length - 1);
    Files.write(file, shifted);
    Bytes region = new Bytes.Region(MappedFile.open(file), 1, x.byteCount());
    Tensor odd = Tensor.of("x", ElementType.FLOAT, x.dims(), region);
    Tensor heap = Tensor.of("x", ElementType.FLOAT, x.dims(), Bytes.of(x.data().toArray()));
    try (RuntimeSession session = RuntimeSession.open(Tiny.perceptron(24, 40), ONE)) {
      byte[] y = bytes(session.run(Map.of("x", x)), "y");
      assertArrayEquals(y, bytes(session.run(Map.of("x", odd)), "y"));
      assertArrayEquals(y, bytes(session.run(Map.of("x", heap)), "y"));
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "FLOAT",
        "DOUBLE",
        "FLOAT16",
        "BFLOAT16",
        "INT8",
        "UINT8",
        "INT32",
        "INT64",
        "BOOL",
        "STRING"
      })
  void identityReturnsEveryTypeUnchanged(ElementType type) {
    Tensor x = sample(type);
    Model model =
        Tiny.model(
            List.of(Tiny.fixed("x", type, 2, 3)),
            List.of(Node.of("Identity", List.of("x"), List.of("y"))),
            List.of(),
            "y");
    try (RuntimeSession session = RuntimeSession.open(model, ONE)) {
      Tensor y = session.run(Map.of("x", x)).get("y");
      assertEquals(type, y.type());
      assertArrayEquals(x.dims(), y.dims());
      assertArrayEquals(x.data().toArray(), y.data().toArray());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "FLOAT16", "INT8", "UINT8", "INT64", "UINT16", "UINT64", "DOUBLE"})
  void largeConstantsOfEveryTypeArrive(ElementType type) {
    int n = 2000;
    byte[] raw = new byte[(int) type.byteCount(n)];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (byte) (i * 7 % 50);
    }
    Tensor c = Tensor.ofBytes("c", type, new long[] {n}, raw);
    Model model =
        Tiny.model(
            List.of(Tiny.fixed("i", ElementType.INT64, -1)),
            List.of(
                Node.of("Gather", List.of("c", "i"), List.of("g")),
                Node.of("Cast", List.of("g"), List.of("y"), Attribute.of("to", 11))),
            List.of(c),
            "y");
    try (RuntimeSession session = RuntimeSession.open(model, ONE)) {
      Tensor i = Tensor.ofLongs("i", new long[] {3}, 0, 7, 1999);
      Tensor y = session.run(Map.of("i", i)).get("y");
      float[] all = c.toFloats();
      assertArrayEquals(new float[] {all[0], all[7], all[1999]}, y.toFloats());
    }
  }

  @Test
  void fourBitConstantsStayInTheSkeleton() {
    byte[] packed = new byte[4096];
    java.util.Arrays.fill(packed, (byte) 0x3e); // -2 in the low bits, 3 above
    Model model =
        Tiny.model(
                21,
                List.of(Tiny.fixed("x", ElementType.FLOAT, 1, 64)),
                List.of(
                    Node.of("DequantizeLinear", List.of("q", "s"), List.of("w")),
                    Node.of("MatMul", List.of("x", "w"), List.of("y"))),
                List.of(
                    Tensor.ofBytes("q", ElementType.INT4, new long[] {64, 128}, packed),
                    Tensor.scalar("s", 0.5f)),
                "y")
            .withIrVersion(10);
    float[] ones = new float[64];
    java.util.Arrays.fill(ones, 1);
    Map<String, Tensor> feeds = Map.of("x", Tensor.ofFloats("x", new long[] {1, 64}, ones));
    try (RuntimeSession session =
        RuntimeSession.open(model, ONE.config("session.qdq_matmulnbits_accuracy_level", "0"))) {
      float[] y = session.run(feeds).get("y").toFloats();
      assertEquals(-64, y[0], 1e-3);
      assertEquals(96, y[1], 1e-3);
    }
  }

  @Test
  void zeroSizedFeedsAreFine() {
    Model model =
        Tiny.model(
            List.of(Tiny.named("past", "n", 4), Tiny.named("x", "m", 4)),
            List.of(Node.of("Concat", List.of("past", "x"), List.of("y"), Attribute.of("axis", 0))),
            List.of(),
            "y");
    try (RuntimeSession session = RuntimeSession.open(model, ONE)) {
      Tensor empty = Tensor.ofFloats("past", new long[] {0, 4}, new float[0]);
      Tensor x = Tiny.noise("x", 1, 2, 4);
      assertArrayEquals(
          x.toFloats(), session.run(Map.of("past", empty, "x", x)).get("y").toFloats());
    }
  }

  @Test
  void inputsAndOutputsKeepSymbolicDims() {
    try (RuntimeSession session = RuntimeSession.open(Tiny.perceptron(24, 40), ONE)) {
      assertEquals("x", session.inputs().get(0).name());
      assertEquals(
          Optional.of(List.of(new Dim.Named("batch"), new Dim.Fixed(24))),
          session.outputs().get(0).type().orElseThrow().dims());
    }
  }

  @Test
  void onlyTheWantedOutputsComeBackInTheirOrder() {
    Model model = Taps.expose(Tiny.perceptron(24, 40), List.of("h", "a"));
    try (RuntimeSession session = RuntimeSession.open(model, ONE)) {
      Map<String, Tensor> feeds = Map.of("x", Tiny.noise("x", 3, 5, 24));
      assertEquals(List.of("y", "h", "a"), List.copyOf(session.run(feeds).keySet()));
      assertEquals(List.of("a", "y"), List.copyOf(session.run(feeds, List.of("a", "y")).keySet()));
      assertThrows(CompressorException.class, () -> session.run(feeds, List.of("nope")));
    }
  }

  @Test
  void manyThreadsGetTheSameBytes() {
    try (RuntimeSession session = RuntimeSession.open(Tiny.perceptron(24, 40), ONE)) {
      Map<String, Tensor> feeds = Map.of("x", Tiny.noise("x", 3, 5, 24));
      byte[] expected = bytes(session.run(feeds), "y");
      IntStream.range(0, 64)
          .parallel()
          .forEach(i -> assertArrayEquals(expected, bytes(session.run(feeds), "y")));
    }
  }

  @Test
  void wrongFeedsAreDataErrorsThatSayFoundAndExpected() {
    try (RuntimeSession session = RuntimeSession.open(Tiny.perceptron(24, 40), ONE)) {
      assertData("missing", () -> session.run(Map.of()));
      Tensor x = Tiny.noise("x", 3, 5, 24);
      assertData("no such input", () -> session.run(Map.of("x", x, "z", x)));
      assertData(
          "expected FLOAT",
          () -> session.run(Map.of("x", Tensor.ofLongs("x", new long[] {0, 24}))));
      assertData("[5, 23]", () -> session.run(Map.of("x", Tiny.noise("x", 3, 5, 23))));
      assertData("[24]", () -> session.run(Map.of("x", Tiny.noise("x", 3, 24))));
    }
  }

  @Test
  void aNodeThatFailsAtRunTimeIsNamed() {
    Model model =
        Tiny.model(
            List.of(Tiny.named("x", "a", 4), Tiny.named("z", "b", 4)),
            List.of(Node.of("Add", List.of("x", "z"), List.of("y")).withName("bad_add")),
            List.of(),
            "y");
    try (RuntimeSession session = RuntimeSession.open(model, ONE)) {
      CompressorException e =
          assertThrows(
              CompressorException.class,
              () ->
                  session.run(
                      Map.of("x", Tiny.noise("x", 1, 2, 4), "z", Tiny.noise("z", 1, 3, 4))));
      assertEquals(ErrorCode.RUNTIME, e.code());
      assertEquals("bad_add", e.where());
    }
  }

  @Test
  void aGraphThatOnnxRuntimeRefusesIsAModelErrorNamingTheNode() {
    for (Node node :
        List.of(
            Node.of("NoSuchOperator", List.of("x"), List.of("y")).withName("mystery"),
            Node.of("MatMul", List.of("x", "w"), List.of("y")).withName("mystery"))) {
      Model model =
          Tiny.model(
              List.of(Tiny.named("x", "n", 24)),
              List.of(node),
              List.of(Tiny.noise("w", 1, 9, 60)),
              "y");
      CompressorException e =
          assertThrows(CompressorException.class, () -> RuntimeSession.open(model, ONE));
      assertEquals(ErrorCode.MODEL, e.code(), e.getMessage());
      assertEquals("mystery", e.where(), e.getMessage());
    }
  }

  @Test
  void aMissingFileIsAnIoErrorAndGarbageAModelError(@TempDir Path dir) throws Exception {
    Path none = dir.resolve("none.onnx");
    assertEquals(
        ErrorCode.IO,
        assertThrows(CompressorException.class, () -> RuntimeSession.open(none, ONE)).code());
    Path garbage = Files.write(dir.resolve("garbage.onnx"), new byte[] {1, 2, 3, 4});
    assertEquals(
        ErrorCode.MODEL,
        assertThrows(CompressorException.class, () -> RuntimeSession.open(garbage, ONE)).code());
  }

  @Test
  void aClosedSessionRefusesToRunAndClosesTwice() {
    RuntimeSession session = RuntimeSession.open(Tiny.perceptron(24, 40), ONE);
    session.close();
    session.close();
    assertThrows(
        IllegalStateException.class, () -> session.run(Map.of("x", Tiny.noise("x", 3, 5, 24))));
  }

  private static void assertData(String part, org.junit.jupiter.api.function.Executable run) {
    CompressorException e = assertThrows(CompressorException.class, run);
    assertEquals(ErrorCode.DATA, e.code());
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  private static Tensor sample(ElementType type) {
    long[] dims = {2, 3};
    if (type == ElementType.STRING) {
      List<byte[]> strings =
          Stream.of("a", "", "é", "日本", "x".repeat(200), "z")
              .map(t -> t.getBytes(StandardCharsets.UTF_8))
              .toList();
      return Tensor.ofStrings("x", dims, strings);
    }
    byte[] raw = new byte[(int) type.byteCount(6)];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (byte) (type == ElementType.BOOL ? i % 2 : i * 5 + 1);
    }
    return Tensor.ofBytes("x", type, dims, raw);
  }

  private static byte[] bytes(Map<String, Tensor> outputs, String name) {
    return outputs.get(name).data().toArray();
  }

  private static float[] weight(Model model, String name) {
    return model.graph().initializers().get(name).toFloats();
  }

  private static float[] relu(float[] x) {
    float[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.max(0, y[i]);
    }
    return y;
  }

  private static float[] matmul(float[] x, float[] w, int inner) {
    int rows = x.length / inner;
    int cols = w.length / inner;
    float[] y = new float[rows * cols];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        double sum = 0;
        for (int k = 0; k < inner; k++) {
          sum += (double) x[r * inner + k] * w[k * cols + c];
        }
        y[r * cols + c] = (float) sum;
      }
    }
    return y;
  }
}
