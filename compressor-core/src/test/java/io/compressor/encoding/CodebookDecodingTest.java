package io.compressor.encoding;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.Site;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.solver.Codebook;
import io.compressor.solver.FoldedGrid;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.RoundToNearest;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables hold any levels: two or many, even or not, with multipliers and without. */
class CodebookDecodingTest {
  @Test
  void anyCodebookDecodes() {
    Model model = Bench.matMul(60, 21);
    Site site = Bench.site(model);
    Tensor x = Bench.noise("x", 9, 5, 60);
    byte[][] codebooks = {
      {-1, 1},
      {-1, 0, 1},
      {-60, -9, 9, 60},
      {-63, -30, -4, 4, 30, 63},
      {-2, -1, 0, 1, 2, 3, 4},
      {-63, -31, -14, -5, 5, 14, 31, 62},
      {0, 1},
      Codebook.uniform(5).levels(),
      {-50, -40, -30, -24, -18, -12, -8, -3, 1, 2, 5, 7, 11, 13, 17, 63}
    };
    for (byte[] levels : codebooks) {
      for (int group : new int[] {60, 12, 25}) {
        int groups = (60 + group - 1) / group;
        byte[] multipliers = new byte[21 * groups];
        float[] scales = new float[21];
        for (int i = 0; i < multipliers.length; i++) {
          multipliers[i] = (byte) (group == 60 ? 8 : 1 + i * 7 % 8);
        }
        for (int i = 0; i < 21; i++) {
          scales[i] = (i % 2 == 0 ? 0.01f : -0.02f) * (i + 1);
        }
        FoldedGrid grid =
            new FoldedGrid(21, 60, group, new Codebook(levels), 3, scales, multipliers);
        QuantizedWeight weight = RoundToNearest.quantize(site.weightMatrix(), grid);
        for (Encoding e : List.of(Encodings.TABLE_INT8, Encodings.TABLE_FLOAT)) {
          Model written = Bench.emit(model, e, weight, EmitOptions.none());
          boolean exact = e == Encodings.TABLE_FLOAT;
          float[] expected =
              Bench.run(
                      Bench.restored(model, weight),
                      List.of(exact ? x : Bench.dynamicallyRounded(x)))
                  .get(0);
          double error = Bench.error(expected, Bench.run(written, List.of(x)).get(0));
          assertTrue(
              error < (exact ? 1e-5 : 2e-3),
              e.id() + " " + Arrays.toString(levels) + " " + group + ": " + error);
        }
      }
    }
  }
}
