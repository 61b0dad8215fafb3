package io.compressor.formats.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.compressor.ir.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Read and written back unchanged, a model is the same message to protobuf. */
class RoundTripTest {
  private static final int MODELS = 300;

  @Test
  void everyRandomModelComesBackEqual() {
    for (int seed = 0; seed < MODELS; seed++) {
      DynamicMessage original = new RandomModels(seed).model();
      byte[] written = OnnxWriter.toBytes(OnnxReader.read(original.toByteArray()));
      assertEquals(original, Oracle.parseModel(written), "seed " + seed);
    }
  }

  @Test
  void writingTwiceGivesTheSameBytes() {
    for (int seed = 0; seed < 50; seed++) {
      Model model = OnnxReader.read(new RandomModels(seed).model().toByteArray());
      byte[] once = OnnxWriter.toBytes(model);
      assertArrayEquals(once, OnnxWriter.toBytes(model));
      assertArrayEquals(once, OnnxWriter.toBytes(OnnxReader.read(once)), "seed " + seed);
    }
  }

  @Test
  void aFileComesBackEqualThroughAFile(@TempDir Path folder) throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      DynamicMessage original = new RandomModels(seed).model();
      Path in = Files.write(folder.resolve("in" + seed + ".onnx"), original.toByteArray());
      Path out = folder.resolve("out" + seed + ".onnx");
      OnnxWriter.write(OnnxReader.read(in), out, WriteOptions.auto());
      assertEquals(original, Oracle.parseModel(Files.readAllBytes(out)));
    }
  }

  @Test
  void theRandomModelsUseEveryFieldOfTheSchema() {
    Set<FieldDescriptor> used = new HashSet<>();
    for (int seed = 0; seed < MODELS; seed++) {
      collect(new RandomModels(seed).model(), used);
    }
    Set<String> unused = new HashSet<>();
    Oracle.type("ModelProto").getFile().getMessageTypes().stream()
        .flatMap(t -> t.getFields().stream())
        .filter(f -> !used.contains(f))
        .forEach(f -> unused.add(f.getFullName()));
    assertEquals(Set.of("onnx.TensorProto.external_data"), unused);
    assertTrue(used.size() > 100);
  }

  private static void collect(Message message, Set<FieldDescriptor> used) {
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              used.add(field);
              if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                for (Object each : value instanceof Iterable<?> many ? many : Set.of(value)) {
                  collect((Message) each, used);
                }
              }
            });
  }
}
