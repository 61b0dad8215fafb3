package io.compressor.formats.data;

import static io.compressor.formats.data.ModelInputs.floats;
import static io.compressor.formats.data.ModelInputs.longs;
import static io.compressor.formats.data.ModelInputs.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.compressor.ir.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestDataFolderTest {
  @TempDir Path folder;

  /** A TensorProto: dims = 1, data_type = 2, name = 8, raw_data = 9. */
  private void pb(String name, Tensor tensor) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    for (long d : tensor.dims()) {
      out.writeInt64(1, d);
    }
    out.writeInt32(2, tensor.type().onnxId());
    out.writeString(8, tensor.name());
    out.writeBytes(9, ByteString.copyFrom(tensor.data().buffer()));
    out.flush();
    Files.write(file, bytes.toByteArray());
  }

  private static Tensor ramp(String name, long... dims) {
    int n = (int) Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = i;
    }
    return Tensor.ofFloats(name, dims, values);
  }

  @Test
  void rowsOfAllSetsAreSamplesInNumericOrder() throws IOException {
    pb("test_data_set_10/input_0.pb", Tensor.ofFloats("", new long[] {1, 2}, new float[] {9, 9}));
    pb("test_data_set_10/input_1.pb", Tensor.ofLongs("", new long[] {1}, 9));
    pb("test_data_set_2/input_0.pb", ramp("", 2, 2));
    pb("test_data_set_2/input_1.pb", Tensor.ofLongs("", new long[] {2}, 7, 8));
    Dataset data =
        Datasets.open(DataSource.of(folder), List.of(floats("x", "n", 2), longs("y", "n")));
    assertEquals(3, data.size());
    Batch batch = data.batch(0, 3);
    assertArrayEquals(new float[] {0, 1, 2, 3, 9, 9}, batch.inputs().get("x").toFloats());
    assertArrayEquals(new long[] {7, 8, 9}, batch.inputs().get("y").toLongs());
  }

  @Test
  void inputsWithoutACommonAxisMakeASetOneSample() throws IOException {
    pb("input_0.pb", ramp("", 1, 4));
    pb("input_1.pb", ramp("", 2, 1, 3));
    pb("input_2.pb", Tensor.ofLongs("", new long[0], 16));
    Dataset data =
        Datasets.open(
            DataSource.of(folder),
            List.of(floats("x", "n", 4), floats("state", 2, "n", 3), longs("sr")));
    assertEquals(OptionalInt.of(1), data.fixedBatch());
    Batch batch = data.batch(0, 1);
    assertArrayEquals(new long[] {1, 4}, batch.inputs().get("x").dims());
    assertArrayEquals(new long[] {2, 1, 3}, batch.inputs().get("state").dims());
    assertArrayEquals(new long[0], batch.inputs().get("sr").dims());
  }

  @Test
  void namesInTheTensorsWinOverTheOrder() throws IOException {
    pb("test_data_set_0/input_0.pb", Tensor.ofLongs("ids", new long[] {1}, 5));
    pb("test_data_set_0/input_1.pb", ramp("x", 1, 2));
    Dataset data =
        Datasets.open(DataSource.of(folder), List.of(floats("x", "n", 2), longs("ids", "n")));
    assertArrayEquals(new long[] {5}, data.batch(0, 1).inputs().get("ids").toLongs());
  }

  @Test
  void brokenSetsAreRefused() throws IOException {
    pb("test_data_set_0/input_0.pb", ramp("", 1, 2));
    refused(() -> Datasets.open(DataSource.of(folder), List.of(floats("x", "n", 3))), "wants 3");
    refused(() -> Datasets.open(DataSource.of(folder), List.of(longs("x", "n", 2))), "int64");
    pb("test_data_set_0/input_1.pb", ramp("", 1, 2));
    refused(
        () -> Datasets.open(DataSource.of(folder), List.of(floats("x", "n", 2))), "2 input_N.pb");
    Files.write(folder.resolve("test_data_set_0/input_1.pb"), new byte[] {1, 2, 3});
    refused(
        () -> Datasets.open(DataSource.of(folder), List.of(floats("x", "n", 2), floats("y", "n"))),
        "input_1.pb",
        "no tensor");
  }
}
