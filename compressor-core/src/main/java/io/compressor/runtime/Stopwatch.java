package io.compressor.runtime;

import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Times sessions side by side. Every round runs each session once, in a new random order, so that
 * drift of the machine (clock, neighbours, cache) falls on all alike; ratios are taken within a
 * round. Feeds are bound once per race and outputs stay in the runtime, so only the model is timed.
 *
 * @param warmup untimed rounds
 * @param minRounds timed rounds at least
 * @param maxRounds timed rounds at most
 * @param minMillis keep going until the timed rounds of all sessions together took this long
 * @param seed of the order within rounds
 */
public record Stopwatch(int warmup, int minRounds, int maxRounds, double minMillis, long seed) {
  public Stopwatch {
    if (warmup < 0 || minRounds < 1 || maxRounds < minRounds) {
      throw new IllegalArgumentException(
          "rounds must be 0 <= warmup, 1 <= min <= max but were "
              + warmup
              + ", "
              + minRounds
              + ", "
              + maxRounds);
    }
  }

  /** Three warm-up rounds, 15 to 1000 timed ones, at least a second. */
  public static Stopwatch standard() {
    return new Stopwatch(3, 15, 1000, 1000, 17);
  }

  /** Exactly {@code rounds} timed rounds after three of warm-up. */
  public static Stopwatch rounds(int rounds) {
    return new Stopwatch(3, rounds, rounds, 0, 17);
  }

  /**
   * Times all sessions with the same feeds.
   *
   * @return one entry a session, in their order; ratios refer to the first
   */
  public List<Latency> race(List<RuntimeSession> sessions, Map<String, Tensor> feeds) {
    return race(sessions, feeds.isEmpty() ? List.of(Map.of()) : List.of(feeds));
  }

  /**
   * Times all sessions over several feeds of one shape, taken in turn, the same one for all
   * sessions of a round: data-dependent cost is then part of the measurement.
   */
  public List<Latency> race(List<RuntimeSession> sessions, List<Map<String, Tensor>> feeds) {
    if (sessions.isEmpty()) {
      return List.of();
    }
    List<List<RuntimeSession.Lap>> laps = new ArrayList<>();
    try {
      for (RuntimeSession session : sessions) {
        List<RuntimeSession.Lap> own = new ArrayList<>();
        laps.add(own);
        feeds.forEach(f -> own.add(session.lap(f)));
      }
      return latencies(time(laps));
    } finally {
      laps.forEach(own -> own.forEach(RuntimeSession.Lap::close));
    }
  }

  private List<double[]> time(List<List<RuntimeSession.Lap>> laps) {
    SplittableRandom random = new SplittableRandom(seed);
    List<double[]> rounds = new ArrayList<>();
    double spent = 0;
    for (int round = -warmup; round < maxRounds; round++) {
      if (round >= minRounds && spent >= minMillis) {
        break;
      }
      double[] millis = new double[laps.size()];
      for (int i : order(laps.size(), random)) {
        List<RuntimeSession.Lap> own = laps.get(i);
        millis[i] = own.get(Math.floorMod(round, own.size())).millis();
      }
      if (round >= 0) {
        rounds.add(millis);
        spent += Arrays.stream(millis).sum();
      }
    }
    return rounds;
  }

  private static List<Latency> latencies(List<double[]> rounds) {
    double[] first = rounds.stream().mapToDouble(r -> r[0]).toArray();
    List<Latency> all = new ArrayList<>();
    for (int i = 0; i < rounds.get(0).length; i++) {
      int session = i;
      all.add(Latency.of(rounds.stream().mapToDouble(r -> r[session]).toArray(), first));
    }
    return List.copyOf(all);
  }

  private static int[] order(int n, SplittableRandom random) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
