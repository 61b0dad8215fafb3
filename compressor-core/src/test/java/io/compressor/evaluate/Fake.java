package io.compressor.evaluate;

import io.compressor.ir.Tensor;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Models without a runtime. */
final class Fake {
  private Fake() {}

  /** Its output "y" is its input "x". */
  static Predictor identity() {
    return mapping(v -> v);
  }

  /** Its output "y" [B,D] is a function of the flat input "x" [B,D]. */
  static Predictor mapping(UnaryOperator<float[]> values) {
    return feeds -> {
      Tensor x = feeds.get("x");
      return Map.of("y", Tensor.ofFloats("y", x.dims(), values.apply(x.toFloats())));
    };
  }

  /** Output [B,S,width], each vector a function of the token id. */
  static Predictor perToken(int width, TokenVector vector) {
    return feeds -> {
      Tensor ids = feeds.get("input_ids");
      long[] tokens = ids.toLongs();
      float[] out = new float[tokens.length * width];
      for (int i = 0; i < tokens.length; i++) {
        for (int d = 0; d < width; d++) {
          out[i * width + d] = vector.at(tokens[i], d);
        }
      }
      return Map.of(
          "y", Tensor.ofFloats("y", new long[] {ids.dims()[0], ids.dims()[1], width}, out));
    };
  }

  interface TokenVector {
    float at(long token, int dimension);
  }
}
