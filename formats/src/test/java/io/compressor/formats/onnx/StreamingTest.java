package io.compressor.formats.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.compressor.formats.onnx.WriteOptions.ExternalData;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Weights never visit the heap. Measured as bytes that the thread allocates in all, which bounds
 * the peak and does not depend on the collector.
 */
class StreamingTest {
  private static final long MIB = 1L << 20;

  @TempDir Path folder;

  @Test
  void thirtyGigabytesOfExternalDataOpenWithoutHeap() throws IOException {
    Path model = sparse(30L << 30, 120);
    long before = allocated();
    Model read = OnnxReader.read(model);
    long used = allocated() - before;
    assertEquals(120, read.graph().initializers().size());
    // Structure of 120 tensors and nodes plus one-time class initialization.
    assertTrue(used < 8 * MIB, used + " bytes allocated");
    Tensor last = read.graph().initializers().get("w119");
    assertEquals(0, last.data().slice(last.byteCount() - 4, 4).buffer().getInt());
  }

  @Test
  void inlineDataIsSkipped() throws IOException {
    Path file = folder.resolve("inline.onnx");
    OnnxWriter.write(zeros(64 * MIB), file, WriteOptions.auto());
    long before = allocated();
    Tensor w = OnnxReader.read(file).graph().initializers().get("w");
    assertTrue(allocated() - before < 2 * MIB);
    assertTrue(w.data().buffer().isDirect());
  }

  @Test
  void savingAllocatesTheStructureOnly() throws IOException {
    Path file = folder.resolve("in.onnx");
    OnnxWriter.write(zeros(200 * MIB), file, WriteOptions.auto());
    Model model = OnnxReader.read(file);
    long before = allocated();
    OnnxWriter.write(model, folder.resolve("out.onnx"), WriteOptions.auto());
    OnnxWriter.write(model, folder.resolve("ext.onnx"), WriteOptions.of(ExternalData.ALWAYS));
    assertTrue(allocated() - before < 4 * MIB, allocated() - before + " bytes allocated");
    assertEquals(Files.size(file), Files.size(folder.resolve("out.onnx")));
  }

  /** Writes gigabytes, hence slow. */
  @Tag("slow")
  @Test
  void aModelBeyondTwoGigabytesIsSavedToAnExternalFile() throws IOException {
    Model model = OnnxReader.read(sparse(3L << 30, 2));
    long before = allocated();
    Path target = folder.resolve("out.onnx");
    OnnxWriter.write(model, target, WriteOptions.auto());
    assertTrue(allocated() - before < 100 * MIB);
    assertEquals(3L << 30, Files.size(folder.resolve("out.onnx.data")));
    assertEquals(2, OnnxReader.read(target).graph().initializers().size());
  }

  /** A chain of uint8 tensors over a data file that is all hole. */
  private Path sparse(long bytes, int tensors) throws IOException {
    Path data = folder.resolve("big.data");
    try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
      file.setLength(bytes);
    }
    long each = bytes / tensors;
    Tensor[] weights = new Tensor[tensors];
    for (int i = 0; i < tensors; i++) {
      Bytes none = new Bytes.Derived(each, () -> ByteBuffer.allocate(0));
      weights[i] = Tensor.of("w" + i, ElementType.UINT8, new long[] {each}, none);
    }
    long[] next = {0};
    Bytes message =
        ModelMessage.of(
            TestModels.chain(weights),
            t ->
                java.util.Optional.of(new Placement.Reference("big.data", each * next[0]++, each)));
    return Files.write(folder.resolve("big.onnx"), message.toArray());
  }

  private static Model zeros(long bytes) {
    Bytes zeros = new Bytes.Derived(bytes, () -> ByteBuffer.allocateDirect((int) bytes));
    return TestModels.chain(Tensor.of("w", ElementType.UINT8, new long[] {bytes}, zeros));
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }
}
