package io.compressor.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.ir.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StopwatchTest {
  private static final Map<String, Tensor> FEEDS = Map.of("x", Tiny.noise("x", 3, 2, 24));

  @Test
  void everySessionGetsOneOrderedEntry() {
    try (RuntimeSession a =
            RuntimeSession.open(Tiny.perceptron(24, 40), SessionSettings.withThreads(1));
        RuntimeSession b =
            RuntimeSession.open(Tiny.perceptron(24, 400), SessionSettings.withThreads(1))) {
      List<Latency> found = Stopwatch.rounds(20).race(List.of(a, b), FEEDS);
      assertEquals(2, found.size());
      assertEquals(1, found.get(0).ratio());
      for (Latency latency : found) {
        assertEquals(20, latency.runs());
        assertTrue(0 < latency.min() && latency.min() <= latency.p50());
        assertTrue(latency.p50() <= latency.p90());
        assertTrue(latency.ratioLow() <= latency.ratio());
        assertTrue(latency.ratio() <= latency.ratioHigh());
      }
    }
  }

  @Test
  void noSessionsGiveNoTimes() {
    assertEquals(List.of(), Stopwatch.standard().race(List.of(), FEEDS));
  }

  @Test
  void ratiosArePairedByRound() {
    // the machine slows down tenfold half way: medians move, the paired ratio does not
    double[] first = {1, 1, 10, 10};
    double[] second = {2, 2, 20, 20};
    Latency latency = Latency.of(second, first);
    assertEquals(2, latency.ratio());
    assertEquals(2, latency.ratioLow());
    assertEquals(2, latency.ratioHigh());
    assertEquals(2, latency.min());
    assertEquals(11, latency.p50());
  }

  @Test
  void quantilesInterpolateAsNumpyDoes() {
    double[] sorted = {1, 2, 3, 4};
    assertEquals(2.5, Latency.quantile(sorted, 0.5));
    assertEquals(3.7, Latency.quantile(sorted, 0.9), 1e-12);
    assertEquals(7, Latency.quantile(new double[] {7}, 0.9));
  }

  @Test
  void nonsenseRoundsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Stopwatch(0, 0, 1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Stopwatch(-1, 1, 1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Stopwatch(0, 2, 1, 0, 0));
  }
}
