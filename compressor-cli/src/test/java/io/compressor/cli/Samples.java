package io.compressor.cli;

import io.compressor.formats.data.NpzWriter;
import io.compressor.ir.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** Data that fits {@link Models#classifier}: four noisy directions, one a class. */
final class Samples {
  private static final int WIDTH = 64;
  private static final int CLASSES = 4;

  private Samples() {}

  static Path write(Path path, int n) {
    SplittableRandom random = new SplittableRandom(5);
    float[] x = new float[n * WIDTH];
    long[] label = new long[n];
    for (int i = 0; i < n; i++) {
      label[i] = i % CLASSES;
      for (int j = 0; j < WIDTH; j++) {
        double signal = j % CLASSES == label[i] ? 1 : 0;
        x[i * WIDTH + j] = (float) (signal + random.nextDouble());
      }
    }
    NpzWriter.write(
        path,
        List.of(
            Tensor.ofFloats("x", new long[] {n, WIDTH}, x),
            Tensor.ofLongs("label", new long[] {n}, label)));
    return path;
  }
}
