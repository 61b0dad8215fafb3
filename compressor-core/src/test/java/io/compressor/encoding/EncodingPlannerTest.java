package io.compressor.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.Site;
import io.compressor.runtime.ProbeCache;
import io.compressor.runtime.RuntimeInfo;
import io.compressor.runtime.Stopwatch;
import io.compressor.solver.QuantSpec;
import java.util.EnumSet;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EncodingPlannerTest {
  private static final Site SITE = Bench.site(Bench.matMul(256, 128));
  private static final QuantSpec W4 = new QuantSpec(4, 32, true, true);
  private static final QuantSpec W8 = new QuantSpec(8, 0, true, true);

  private static ProbeTable table(Map<String, Double> times) {
    return (form, out, in, rows) ->
        times.containsKey(form) ? OptionalDouble.of(times.get(form)) : OptionalDouble.empty();
  }

  private static EncodingChoice choose(ProbeTable table, QuantSpec spec, Preference preference) {
    return new EncodingPlanner(Bench.CONTEXT, table)
        .choose(SITE, 128, EncodingRequest.dynamic(spec, preference))
        .orElseThrow();
  }

  @Test
  void theFastestWinsAndTiesGoToTheSmaller() {
    ProbeTable table =
        table(
            Map.of(
                "float32",
                1.0,
                "int8-dynamic",
                0.4,
                "nbits-b4-g32",
                0.9,
                "dq-blocked-b4-g32",
                0.9));
    EncodingChoice choice = choose(table, W4, Preference.SPEED);
    assertEquals(Encodings.TABLE_INT8, choice.encoding()); // as fast as int8-dynamic and smaller
    assertEquals(0.4, choice.predictedMs().orElseThrow());
    assertEquals(1.0, choice.floatMs().orElseThrow());
    assertEquals(Encodings.TABLE_INT8.bytes(SITE, W4), choice.bytes());
    assertTrue(choice.reason().contains("40% of fp32's time at M=128"), choice.reason());
    assertEquals(GridFamily.FOLDED, choice.grid().family());
    assertEquals(Encodings.DYNAMIC_INT8, choose(table, W8, Preference.SPEED).encoding());
  }

  @Test
  void nothingSlowerThanFloatIsChosenForSpeed() {
    ProbeTable slow =
        table(
            Map.of(
                "float32",
                1.0,
                "int8-dynamic",
                1.4,
                "nbits-b4-g32",
                1.2,
                "dq-blocked-b4-g32",
                1.3));
    EncodingChoice choice = choose(slow, W4, Preference.SPEED);
    assertEquals(Encodings.TABLE_FLOAT, choice.encoding());
    assertTrue(choice.reason().contains("1.4x slower than fp32 at M=128"), choice.reason());
    assertEquals(Encodings.TABLE_INT8.bytes(SITE, W4), choose(slow, W4, Preference.SIZE).bytes());
  }

  @Test
  void noiseOfFifteenPercentDoesNotFlipAChoice() {
    for (double factor : new double[] {0.87, 1, 1.14}) {
      ProbeTable noisy =
          table(
              Map.of(
                  "float32",
                  1.0,
                  "int8-dynamic",
                  0.4 * factor,
                  "nbits-b4-g32",
                  0.4,
                  "dq-blocked-b4-g32",
                  0.9));
      EncodingChoice choice = choose(noisy, W4, Preference.SPEED);
      assertEquals(Encodings.TABLE_INT8, choice.encoding(), "factor " + factor);
    }
  }

  @Test
  void requestsAreHonoured() {
    EncodingPlanner planner = new EncodingPlanner(Bench.CONTEXT, ProbeTable.empty());
    for (Preference preference : EnumSet.allOf(Preference.class)) {
      EncodingRequest exact = new EncodingRequest(W4, preference, Set.of(Arithmetic.FLOAT));
      assertEquals(
          Arithmetic.FLOAT, planner.choose(SITE, 1, exact).orElseThrow().encoding().arithmetic());
    }
    EncodingChoice portable = choose(ProbeTable.empty(), W4, Preference.PORTABLE);
    assertTrue(portable.encoding().isPortable());
    assertEquals(
        Encodings.TABLE_FLOAT,
        planner
            .choose(
                Bench.site(Bench.gather(64, 32)), 1, EncodingRequest.dynamic(W4, Preference.SIZE))
            .orElseThrow()
            .encoding());
    EncodingRequest stat =
        new EncodingRequest(W8, Preference.SPEED, Set.of(Arithmetic.FLOAT, Arithmetic.STATIC_INT8));
    assertEquals(
        Encodings.INT8_QDQ,
        planner.choose(Bench.site(Bench.conv(8, 8, 1, 3, 3)), 64, stat).orElseThrow().encoding());
  }

  @Test
  void theProbeMeasuresEveryFormOnceAndNamesTheKernel() {
    ProbeCache cache = new ProbeCache();
    KernelProbe probe =
        new KernelProbe(
            cache, RuntimeInfo.current(), 1, Bench.CONTEXT, new Stopwatch(1, 2, 2, 0, 1));
    EncodingRequest request = EncodingRequest.dynamic(W4, Preference.SPEED);
    probe.measure(SITE, 4, request);
    assertEquals(5, cache.entries().size(), cache.entries().keySet().toString());
    Map<?, Double> before = Map.copyOf(cache.entries());
    probe.measure(SITE, 4, request);
    assertEquals(before, cache.entries());
    assertTrue(probe.millis("int8-dynamic", SITE.out(), SITE.in(), 4).orElseThrow() > 0);
    assertEquals(
        "DynamicQuantizeMatMul", probe.kernel(Encodings.TABLE_INT8, 48, 64, W4).orElseThrow());
    assertEquals("MatMulNBits", probe.kernel(Encodings.NBITS, 48, 64, W4).orElseThrow());
  }

  @Test
  void theFullRangeIsOnlyUsedWhereNothingSaturates() {
    assertEquals(Int8Range.SAFE, SaturationProbe.range(Int8Range.SAFE));
    Int8Range full = SaturationProbe.measure().any() ? Int8Range.SAFE : Int8Range.FULL;
    assertEquals(full, SaturationProbe.range(Int8Range.FULL));
  }
}
