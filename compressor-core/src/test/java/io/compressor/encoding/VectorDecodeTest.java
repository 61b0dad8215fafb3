package io.compressor.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.graph.Site;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.RoundToNearest;
import io.compressor.solver.VectorLearner;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is written for codebooks of vectors decodes to what was chosen, and takes what it should.
 */
class VectorDecodeTest {
  private static QuantizedWeight quantized(Site site, int length, int size) {
    return RoundToNearest.quantize(
        site.weightMatrix(),
        VectorLearner.fit(
            site.weightMatrix(),
            site.out(),
            site.in(),
            length,
            size,
            63,
            Optional.empty(),
            new SplittableRandom(1),
            Engine.direct()));
  }

  /** 62 inputs: a last, short vector of 4. */
  @ParameterizedTest
  @CsvSource({"60,4,256", "60,2,16", "62,4,256", "62,4,40", "64,8,256", "61,2,64"})
  void decodesToTheChosenCodewords(int in, int length, int size) {
    Tensor x = Bench.noise("x", 9, 5, in);
    for (Model model :
        List.of(Bench.matMul(in, 21), Bench.gemm(in, 21, 1, true), Bench.gemm(in, 21, 0, false))) {
      QuantizedWeight weight = quantized(Bench.site(model), length, size);
      for (Encoding e : List.of(Encodings.TABLE_INT8, Encodings.TABLE_FLOAT)) {
        boolean exact = e == Encodings.TABLE_FLOAT;
        float[] expected =
            Bench.run(
                    Bench.restored(model, weight), List.of(exact ? x : Bench.dynamicallyRounded(x)))
                .get(0);
        Model written = Bench.emit(model, e, weight, EmitOptions.none());
        double error = Bench.error(expected, Bench.run(written, List.of(x)).get(0));
        assertTrue(error < (exact ? 1e-5 : 2e-3), e.id() + ": " + error);
      }
    }
  }

  @Test
  void convolutionsDecode() {
    Model model = Bench.conv(8, 6, 1, 3, 3);
    QuantizedWeight weight = quantized(Bench.site(model), 4, 64);
    Tensor x = Bench.noise("x", 9, 1, 8, 7, 7);
    float[] expected = Bench.run(Bench.restored(model, weight), List.of(x)).get(0);
    Model written = Bench.emit(model, Encodings.TABLE_FLOAT, weight, EmitOptions.none());
    assertTrue(Bench.error(expected, Bench.run(written, List.of(x)).get(0)) < 1e-5);
  }

  @ParameterizedTest
  @CsvSource({"2,2,16", "4,2,256", "2,4,256", "2,8,256", "3,2,40"})
  void bytesAreThoseOfTheFormula(int bits, int length, int size) {
    Model model = Bench.matMul(512, 300);
    Site site = Bench.site(model);
    QuantSpec spec = new QuantSpec(bits, 0, true, false);
    EncodingChoice plain =
        new EncodingChoice(
            Encodings.TABLE_INT8,
            GridRequest.uniform(spec),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            0,
            "");
    EncodingChoice choice = plain.withVectors(site, length);
    assertEquals(size, choice.grid().codewords());
    Model written =
        Bench.emit(model, Encodings.TABLE_INT8, quantized(site, length, size), EmitOptions.none());
    long found = Bench.weightBytes(written);
    for (Tensor t : written.graph().initializers().values()) {
      found += t.name().endsWith("/codewords") ? t.byteCount() : 0;
    }
    assertEquals(found, choice.bytes(), 0.01 * found);
    assertTrue(8.0 * (choice.bytes() - 4 * 300 - size * length) / (512 * 300) <= bits);
  }
}
