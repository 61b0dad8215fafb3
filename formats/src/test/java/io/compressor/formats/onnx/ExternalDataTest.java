package io.compressor.formats.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExternalDataTest {
  @TempDir Path folder;
  private Path home;

  @BeforeEach
  void weights() throws IOException {
    home = Files.createDirectory(folder.resolve("model"));
    ByteBuffer floats = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 8; i++) {
      floats.putFloat(i);
    }
    Files.write(home.resolve("w.bin"), floats.array());
    Files.write(folder.resolve("secret.bin"), floats.array());
  }

  @Test
  void aRunOfTheFileIsMappedNotCopied() throws IOException {
    Tensor w = read("location", "w.bin", "offset", "8", "length", "12");
    assertArrayEquals(new float[] {2, 3, 4}, w.toFloats());
    assertTrue(w.data() instanceof Bytes.Region);
    assertTrue(w.data().buffer().isDirect());
  }

  @Test
  void offsetAndLengthMayBeLeftOut() throws IOException {
    assertArrayEquals(new float[] {0, 1, 2}, read("location", "w.bin").toFloats());
  }

  @Test
  void subfoldersAndDotsInsideTheFolderAreFine() throws IOException {
    Files.createDirectory(home.resolve("sub"));
    Files.copy(home.resolve("w.bin"), home.resolve("sub/w.bin"));
    assertArrayEquals(new float[] {0, 1, 2}, read("location", "sub/w.bin").toFloats());
    assertArrayEquals(new float[] {0, 1, 2}, read("location", "./w.bin").toFloats());
  }

  @Test
  void linksMayStayInsideTheFolder() throws IOException {
    Files.createSymbolicLink(home.resolve("link.bin"), Path.of("w.bin"));
    assertArrayEquals(new float[] {0, 1, 2}, read("location", "link.bin").toFloats());
  }

  @Test
  void pathsThatLeaveTheFolderAreRefused() throws IOException {
    refuses("inside the model's folder", "location", "../secret.bin");
    refuses("inside the model's folder", "location", "sub/../../secret.bin");
    refuses("inside the model's folder", "location", "..\\secret.bin");
    refuses("inside the model's folder", "location", folder.resolve("secret.bin").toString());
    refuses("inside the model's folder", "location", "C:\\secret.bin");
    refuses("inside the model's folder", "location", "\\\\host\\secret.bin");
  }

  @Test
  void linksThatLeaveTheFolderAreRefused() throws IOException {
    Files.createSymbolicLink(home.resolve("out.bin"), folder.resolve("secret.bin"));
    refuses("inside the model's folder", "location", "out.bin");
    Files.createSymbolicLink(home.resolve("up"), folder);
    refuses("inside the model's folder", "location", "up/secret.bin");
  }

  @Test
  void whatIsNoFileIsRefused() throws IOException {
    refuses("not found", "location", "missing.bin");
    refuses("not found", "location", ".");
    refuses("without a location");
    refuses("not a path", "location", "a\0b");
  }

  @Test
  void runsOutsideTheFileAreRefused() throws IOException {
    refuses("lies outside 'w.bin' of 32 bytes", "location", "w.bin", "offset", "24");
    refuses("lies outside", "location", "w.bin", "offset", "-4");
    refuses("lies outside", "location", "w.bin", "offset", "9223372036854775807");
    refuses("whole number", "location", "w.bin", "offset", "9223372036854775808");
    refuses("whole number", "location", "w.bin", "offset", "0x10");
  }

  @Test
  void aLengthThatContradictsTheShapeIsRefused() throws IOException {
    refuses("has 16 bytes, expected 12 for FLOAT[3]", "location", "w.bin", "length", "16");
  }

  @Test
  void inlineDataBesidesIsRefused() throws IOException {
    DynamicMessage.Builder both = TestModels.tensor("w", ElementType.FLOAT, 3);
    Oracle.put(both, "raw_data", ByteString.copyFrom(new byte[12]));
    assertSays("both external and inline", TestModels.external(both, "location", "w.bin"));
  }

  @Test
  void stringsAreRefused() throws IOException {
    assertSays(
        "strings",
        TestModels.external(TestModels.tensor("w", ElementType.STRING, 3), "location", "w.bin"));
  }

  @Test
  void aModelFromMemoryHasNoFolder() {
    byte[] bytes =
        TestModels.holding(
                TestModels.external(
                    TestModels.tensor("w", ElementType.FLOAT, 3), "location", "w.bin"))
            .toByteArray();
    CompressorException e = assertThrows(CompressorException.class, () -> OnnxReader.read(bytes));
    assertTrue(e.getMessage().contains("from memory"), e.getMessage());
  }

  private Tensor read(String... entries) throws IOException {
    return read(TestModels.external(TestModels.tensor("w", ElementType.FLOAT, 3), entries));
  }

  private Tensor read(DynamicMessage tensor) throws IOException {
    Path model = Files.write(home.resolve("model.onnx"), TestModels.holding(tensor).toByteArray());
    return OnnxReader.read(model).graph().initializers().get("w");
  }

  private void refuses(String said, String... entries) throws IOException {
    assertSays(said, TestModels.external(TestModels.tensor("w", ElementType.FLOAT, 3), entries));
  }

  private void assertSays(String said, DynamicMessage tensor) {
    CompressorException e = assertThrows(CompressorException.class, () -> read(tensor));
    assertEquals(ErrorCode.MODEL, e.code());
    assertTrue(e.getMessage().contains(said), e.getMessage());
    assertTrue(e.where().endsWith("model.onnx: initializer 'w'"), e.where());
    assertTrue(!e.hint().isEmpty());
  }
}
