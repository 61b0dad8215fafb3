package io.compressor.formats.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.compressor.ir.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFileTest {
  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void write() throws IOException {
    Files.write(folder.resolve("a.bin"), new byte[12]);
    Files.write(folder.resolve("b.bin"), new byte[20]);
    path = folder.resolve("model.onnx");
  }

  @Test
  void externalDataOfInitializersAndOfTensorsInNodesCount() throws IOException {
    DynamicMessage constant =
        TestModels.external(TestModels.tensor("", ElementType.FLOAT, 5), "location", "b.bin");
    Message.Builder value = Oracle.put(Oracle.message("AttributeProto"), "name", "value");
    Oracle.put(value, "type", 4);
    Oracle.put(value, "t", constant);
    Message.Builder node = Oracle.put(Oracle.message("NodeProto"), "op_type", "Constant");
    Oracle.put(node, "output", "c");
    Oracle.put(node, "attribute", value.build());
    Message.Builder graph = Oracle.put(Oracle.message("GraphProto"), "node", node.build());
    Oracle.put(graph, "initializer", initializer());
    DynamicMessage.Builder model = Oracle.message("ModelProto");
    Oracle.put(model, "ir_version", 8L);
    Files.write(path, Oracle.put(model, "graph", graph.build()).build().toByteArray());
    ModelFile file = ModelFile.open(path);
    assertEquals(List.of("a.bin", "b.bin"), names(file.external()));
    assertEquals(Files.size(path) + 12 + 20, file.bytes());
    assertEquals(12, file.weightBytes());
    assertEquals(3, file.parameters());
  }

  @Test
  void theHashCoversTheWeights() throws IOException {
    Files.write(path, TestModels.holding(initializer()).toByteArray());
    String before = ModelFile.open(path).sha256();
    assertEquals(before, ModelFile.open(path).sha256());
    Files.write(folder.resolve("a.bin"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    assertNotEquals(before, ModelFile.open(path).sha256());
  }

  @Test
  void aRelativePathIsOneFile() throws IOException {
    Files.write(path, TestModels.holding(initializer()).toByteArray());
    Path relative = Path.of("").toAbsolutePath().relativize(path.toAbsolutePath());
    ModelFile file = ModelFile.open(relative);
    assertEquals(List.of("model.onnx", "a.bin"), names(file.files()));
    assertEquals(relative, file.path());
  }

  private static DynamicMessage initializer() {
    return TestModels.external(TestModels.tensor("w", ElementType.FLOAT, 3), "location", "a.bin");
  }

  private static List<String> names(List<Path> files) {
    return files.stream().map(f -> f.getFileName().toString()).toList();
  }
}
