package io.compressor.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IntervalsTest {
  @Test
  void mcNemarIsTheBinomialMidPByHand() {
    // 1 against 5: P(X <= 1) = 7/64, P(X = 1) = 6/64, X ~ B(6, 1/2); two-sided mid-p 2*7/64 - 6/64
    assertEquals(8.0 / 64, McNemar.midP(1, 5), 1e-12);
    assertEquals(8.0 / 64, McNemar.midP(5, 1), 1e-12);
    assertEquals(1.0 / 8, McNemar.midP(0, 3), 1e-12);
    assertEquals(1, McNemar.midP(4, 4));
    assertEquals(1, McNemar.midP(0, 0));
  }

  @Test
  void wilsonEndsAreTheSharesThatAScoreTestJustRejects() {
    Proportion share = new Proportion(81, 100);
    for (double p : new double[] {0.025, 0.05, 0.95, 0.975}) {
      double end = share.quantile(p);
      double score = (0.81 - end) / Math.sqrt(end * (1 - end) / 100);
      assertEquals(-Normal.quantile(p), score, 1e-9);
    }
    // Newcombe 1998, table I: 81 of 263 has the score interval 0.2553 to 0.3662
    assertEquals(0.2553, new Proportion(81, 263).low95(), 5e-5);
    assertEquals(0.3662, new Proportion(81, 263).high95(), 5e-5);
    assertEquals(0.81, share.quantile(0.5), 1e-9);
    assertEquals(0, new Proportion(0, 10).low95());
    assertEquals(1, new Proportion(10, 10).high95());
  }

  @Test
  void pairedEndsAreTheDifferencesThatTangosTestJustRejects() {
    PairedProportions pair = new PairedProportions(9, 4, 120);
    for (double p : new double[] {0.025, 0.05, 0.95, 0.975}) {
      assertEquals(-Normal.quantile(p), pair.score(pair.quantile(p)), 1e-6);
    }
    assertEquals(5.0 / 120, pair.value(), 1e-15);
  }

  @Test
  void swappingTheModelsTurnsThePairedIntervalRound() {
    PairedProportions there = new PairedProportions(9, 2, 50);
    PairedProportions back = new PairedProportions(2, 9, 50);
    for (double p : new double[] {0.01, 0.3, 0.8, 0.975}) {
      assertEquals(there.quantile(p), -back.quantile(1 - p), 1e-9);
    }
  }

  @Test
  void noDifferenceSeenStillLeavesDoubt() {
    // b = c = 0: the score interval is closed-form, z^2 / (n + z^2)
    PairedProportions none = new PairedProportions(0, 0, 100);
    double z2 = Math.pow(Normal.quantile(0.95), 2);
    assertEquals(z2 / (100 + z2), none.quantile(0.95), 1e-9);
    // so that 0.5% needs z^2 / (n + z^2) <= 0.005
    double samples = none.samplesToDecide(0.005, 0.95);
    assertEquals(Math.ceil(z2 * (1 / 0.005 - 1)), samples, 1);
  }

  @Test
  void pairedIntervalsCoverTheTruthAsOftenAsTheySay() {
    SplittableRandom random = new SplittableRandom(5);
    double losing = 0.06;
    double winning = 0.03;
    int n = 150;
    int inside = 0;
    int trials = 4000;
    for (int t = 0; t < trials; t++) {
      int lost = 0;
      int won = 0;
      for (int i = 0; i < n; i++) {
        double u = random.nextDouble();
        lost += u < losing ? 1 : 0;
        won += u >= losing && u < losing + winning ? 1 : 0;
      }
      PairedProportions pair = new PairedProportions(lost, won, n);
      inside += pair.low95() <= 0.03 && 0.03 <= pair.high95() ? 1 : 0;
    }
    // three standard errors of a share of 4000 trials are 1 %; Tango's is known to hold 94 to 96 %
    assertEquals(0.95, inside / (double) trials, 0.015);
  }

  @Test
  void bootstrapCoversTheMeanOfASkewedSample() {
    SplittableRandom random = new SplittableRandom(11);
    int inside = 0;
    int below = 0;
    int trials = 400;
    for (int t = 0; t < trials; t++) {
      double[] x = new double[60];
      for (int i = 0; i < x.length; i++) {
        x[i] = -Math.log(1 - random.nextDouble());
      }
      Bootstrap b = mean(x, 1000, t);
      inside += b.low95() <= 1 && 1 <= b.high95() ? 1 : 0;
      below += 1 <= b.quantile(0.9) ? 1 : 0;
    }
    // exponential, n = 60: BCa is known to reach about 93-94 %; three standard errors are 3.3 %
    assertEquals(0.94, inside / (double) trials, 0.033);
    assertEquals(0.9, below / (double) trials, 0.045);
  }

  @Test
  void bootstrapOfTheMeanAgreesWithTheNormalInterval() {
    SplittableRandom random = new SplittableRandom(3);
    double[] x = new double[2000];
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextDouble();
      sum += x[i];
      squares += x[i] * x[i];
    }
    double mean = sum / x.length;
    double error = Math.sqrt((squares / x.length - mean * mean) / x.length);
    Bootstrap b = mean(x, 2000, 7);
    // 2000 resamples know an end to about 5 % of the half width
    assertEquals(mean - 1.96 * error, b.low95(), 0.15 * error);
    assertEquals(mean + 1.96 * error, b.high95(), 0.15 * error);
    assertEquals(mean, b.value(), 1e-12);
  }

  @Test
  void bootstrapRepeatsWithItsSeedAndOnlyWithIt() {
    double[] x = {1, 5, 2, 8, 3, 9, 4};
    assertEquals(mean(x, 200, 1).low95(), mean(x, 200, 1).low95());
    assertTrue(mean(x, 200, 1).low95() != mean(x, 200, 2).low95());
  }

  @Test
  void oneSampleSaysNothingAboutItsSpread() {
    Bootstrap b = mean(new double[] {3}, 100, 1);
    assertEquals(3, b.value());
    assertEquals(Double.NEGATIVE_INFINITY, b.low95());
    assertEquals(Double.POSITIVE_INFINITY, b.high95());
  }

  @Test
  void aConstantSampleHasNoSpread() {
    Bootstrap b = mean(new double[] {2, 2, 2, 2}, 100, 1);
    assertEquals(2, b.low95());
    assertEquals(2, b.high95());
  }

  @Test
  void theSampleSizeThatIsPromisedDecides() {
    PairedProportions now = new PairedProportions(12, 10, 500);
    double limit = 0.01;
    assertTrue(now.undecided(limit, 0.95));
    double k = now.samplesToDecide(limit, 0.95) / 500;
    assertTrue(k > 1);
    assertTrue(!new PairedProportions(12 * k, 10 * k, 500 * k).undecided(limit, 0.95));
    double less = 0.99 * k;
    assertTrue(new PairedProportions(12 * less, 10 * less, 500 * less).undecided(limit, 0.95));
    assertEquals(
        Double.POSITIVE_INFINITY, new PairedProportions(5, 0, 500).samplesToDecide(0.01, 0.95));
  }

  @Test
  void linearTransformsTurnIntervalsRoundWhenNegative() {
    Estimate share = new Proportion(30, 40);
    Estimate missing = Estimate.linear(-1, share, 1);
    assertEquals(0.25, missing.value());
    assertEquals(1 - share.high95(), missing.low95(), 1e-15);
    assertEquals(share.samplesToDecide(0.6, 0.99), missing.samplesToDecide(0.4, 0.99), 1);
  }

  private static Bootstrap mean(double[] x, int resamples, long seed) {
    return Bootstrap.of(new Statistic[] {Statistic.mean(x)}, x.length, resamples, seed)[0];
  }
}
