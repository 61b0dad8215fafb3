package io.compressor.formats.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.ElementType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are no valid ONNX: each is refused with its fault, its place and a way out. */
class InvalidModelTest {
  @Test
  void filesThatCannotBeReadSayWhy(@TempDir Path folder) throws IOException {
    assertIo("not found", folder.resolve("missing.onnx"));
    assertIo("regular file", folder);
    Path empty = Files.createFile(folder.resolve("empty.onnx"));
    CompressorException e = assertThrows(CompressorException.class, () -> OnnxReader.read(empty));
    assertTrue(e.getMessage().contains("empty"));
    assertEquals(2, e.code().exitCode());
  }

  @Test
  void otherFormatsAreRecognised() {
    assertRefused("zip archive", bytes("PK\3\4rest of an archive"));
    assertRefused("Git LFS pointer", bytes("version https://git-lfs.github.com/spec/v1\noid"));
    assertRefused("HTML", bytes("<!DOCTYPE html><html>"));
    assertRefused("GGUF", bytes("GGUF\3\0\0\0"));
    assertRefused("JSON", bytes("{\"a\": 1}"));
    assertRefused("safetensors", bytes("\u0010\0\0\0\0\0\0\0{\"a\":1}        "));
  }

  @Test
  void textAndOtherProtobufsAreNoModels() {
    assertRefused("", bytes("Once upon a time there was no model."));
    assertRefused("no graph", new byte[] {0x08, 0x07});
    Message graph = Oracle.message("GraphProto").build();
    assertRefused("ir_version", Oracle.put(Oracle.message("ModelProto"), "graph", graph).build());
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] model = withData(ByteString.copyFrom(new byte[12])).toByteArray();
    for (int length = 3; length < model.length; length++) {
      byte[] part = Arrays.copyOf(model, length);
      assertThrows(CompressorException.class, () -> OnnxReader.read(part), "length " + length);
    }
  }

  @Test
  void wrongWireTypesAndGroupsAreRefused() {
    assertRefused("field 7 has wire type 0, expected 2", new byte[] {8, 7, 7 << 3, 1});
    assertRefused("field 1 has wire type 2, expected 0", new byte[] {1 << 3 | 2, 0});
    assertRefused("wire type 3", new byte[] {8, 7, 9 << 3 | 3});
    assertRefused("field tag", new byte[] {8, 7, 0});
    assertRefused("more than 10 bytes", new byte[] {8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1});
  }

  @Test
  void dataThatDoesNotFitTheShapeIsRefused() {
    assertRefused(
        "raw_data has 11 bytes, expected 12", withData(ByteString.copyFrom(new byte[11])));
    assertRefused("raw_data has 0 bytes, expected 12", withData(ByteString.EMPTY));
    DynamicMessage.Builder typed = TestModels.tensor("w", ElementType.FLOAT, 3);
    Oracle.put(typed, "float_data", 1f);
    assertRefused("float_data has 1 values, expected 3", TestModels.holding(typed.build()));
    Oracle.put(typed, "int64_data", 1L);
    assertRefused("expected raw_data or float_data", TestModels.holding(typed.build()));
  }

  @Test
  void impossibleShapesAndTypesAreRefused() {
    assertRefused(
        "negative", TestModels.holding(TestModels.tensor("w", ElementType.FLOAT, -1).build()));
    long huge = 1L << 40;
    assertRefused(
        "overflows",
        TestModels.holding(TestModels.tensor("w", ElementType.FLOAT, huge, huge).build()));
    assertRefused(
        "overflows",
        TestModels.holding(TestModels.tensor("w", ElementType.DOUBLE, 1L << 60).build()));
    DynamicMessage.Builder unknown = TestModels.tensor("w", ElementType.FLOAT, 3);
    Oracle.put(unknown, "data_type", 99);
    assertRefused("element type 99", TestModels.holding(unknown.build()));
  }

  @Test
  void initializersNeedNamesOfTheirOwn() {
    Message nameless = TestModels.tensor("", ElementType.FLOAT, 0).build();
    assertRefused("without a name", TestModels.holding(nameless));
    Message one = TestModels.tensor("w", ElementType.FLOAT, 0).build();
    DynamicMessage.Builder graph = Oracle.message("GraphProto");
    Oracle.put(graph, "initializer", one);
    Oracle.put(graph, "initializer", one);
    assertRefused("two initializers", model(graph.build()));
  }

  @Test
  void nodesNeedAnOperatorAndDistinctAttributes() {
    DynamicMessage.Builder node = Oracle.message("NodeProto");
    assertRefused("operator type", model(graphOf(node.build())));
    Oracle.put(node, "op_type", "Relu");
    Oracle.put(node, "name", "r");
    DynamicMessage.Builder attribute = Oracle.message("AttributeProto");
    Oracle.put(attribute, "name", "axis");
    Oracle.put(attribute, "type", 2);
    Oracle.put(attribute, "i", 1L);
    Oracle.put(node, "attribute", attribute.build());
    Oracle.put(node, "attribute", attribute.build());
    CompressorException e = assertRefused("given twice", model(graphOf(node.build())));
    assertEquals("model in memory: node 'r': attribute 'axis'", e.where());
  }

  @Test
  void namesMustBeUtf8() {
    byte[] node = {10, 2, (byte) 0xc3, 0x28};
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {8, 7, 7 << 3 | 2, 6, 10, 4});
    out.writeBytes(node);
    assertRefused("UTF-8", out.toByteArray());
  }

  @Test
  void endlessNestingIsRefused() {
    Message graph = Oracle.message("GraphProto").build();
    for (int depth = 0; depth < 90; depth++) {
      DynamicMessage.Builder attribute = Oracle.message("AttributeProto");
      Oracle.put(attribute, "name", "body");
      Oracle.put(attribute, "type", 5);
      Oracle.put(attribute, "g", graph);
      DynamicMessage.Builder node = Oracle.message("NodeProto");
      Oracle.put(node, "op_type", "Loop");
      Oracle.put(node, "attribute", attribute.build());
      graph = graphOf(node.build());
      if (depth == 30) {
        OnnxReader.read(model(graph).toByteArray());
      }
    }
    assertRefused("nested more than 64", model(graph));
  }

  @Test
  void anOperatorSetCannotHaveTwoVersions() {
    DynamicMessage.Builder model = Oracle.message("ModelProto");
    Oracle.put(model, "ir_version", 8L);
    Oracle.put(model, "graph", Oracle.message("GraphProto").build());
    for (long version = 16; version < 18; version++) {
      DynamicMessage.Builder opset = Oracle.message("OperatorSetIdProto");
      Oracle.put(opset, "version", version);
      Oracle.put(model, "opset_import", opset.build());
    }
    assertRefused("imported as 16 and as 17", model.build());
  }

  private static Message graphOf(Message node) {
    return Oracle.put(Oracle.message("GraphProto"), "node", node).build();
  }

  private static Message model(Message graph) {
    DynamicMessage.Builder model = Oracle.message("ModelProto");
    Oracle.put(model, "ir_version", 8L);
    return Oracle.put(model, "graph", graph).build();
  }

  private static Message withData(ByteString raw) {
    DynamicMessage.Builder tensor = TestModels.tensor("w", ElementType.FLOAT, 3);
    return TestModels.holding((DynamicMessage) Oracle.put(tensor, "raw_data", raw).build());
  }

  private static CompressorException assertRefused(String said, Message model) {
    return assertRefused(said, model.toByteArray());
  }

  private static CompressorException assertRefused(String said, byte[] model) {
    CompressorException e = assertThrows(CompressorException.class, () -> OnnxReader.read(model));
    assertEquals(ErrorCode.MODEL, e.code());
    assertTrue(e.getMessage().contains(said), e.getMessage());
    assertFalse(e.hint().isEmpty());
    return e;
  }

  private static void assertIo(String said, Path path) {
    CompressorException e = assertThrows(CompressorException.class, () -> OnnxReader.read(path));
    assertEquals(ErrorCode.IO, e.code());
    assertEquals(path.toString(), e.where());
    assertTrue(e.getMessage().contains(said), e.getMessage());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
