package io.compressor.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class HistogramTest {
  @Test
  void quantilesAreLinearInsideBins() {
    Histogram histogram = new Histogram(0, 4, new long[] {2, 0, 0, 2});
    assertEquals(0, histogram.quantile(0));
    assertEquals(0.5, histogram.quantile(0.25));
    assertEquals(1, histogram.quantile(0.5));
    assertEquals(3.5, histogram.quantile(0.75));
    assertEquals(4, histogram.quantile(1));
    assertEquals(2.5, histogram.center(2));
    assertThrows(IllegalArgumentException.class, () -> histogram.quantile(1.1));
    assertThrows(IllegalArgumentException.class, () -> histogram.quantile(Double.NaN));
  }

  @Test
  void spansCoverEverySampleOnceAndNeverMixParts() {
    for (int samples = 1; samples < 30; samples++) {
      for (int batch = 1; batch < 8; batch++) {
        List<Span> spans = Span.cut(samples, 0.125, batch, OptionalInt.empty());
        int at = 0;
        for (Span span : spans) {
          assertEquals(at, span.from());
          assertTrue(span.to() > span.from() && span.to() - span.from() <= batch);
          at = span.to();
        }
        assertEquals(samples, at);
        assertEquals(Span.Part.CALIBRATION, spans.get(0).part());
      }
    }
  }

  @Test
  void aFixedBatchThatLeavesNothingToCalibrateOnIsNotHeldOut() {
    List<Span> spans = Span.cut(5, 0.5, 1, OptionalInt.of(4));
    assertEquals(List.of(new Span(0, 4, Span.Part.CALIBRATION)), spans);
  }
}
