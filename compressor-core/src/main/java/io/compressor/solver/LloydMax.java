package io.compressor.solver;

import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * The quantizer of N(0, 1) with the least squared error: each level the mean of its cell, each cell
 * border halfway between levels. Source: Lloyd 1982, Max 1960.
 */
final class LloydMax {
  private static final int ROUNDS = 4000;
  private static final double STILL = 1e-9;

  private LloydMax() {}

  /** Ascending, symmetric. */
  static double[] gaussian(int levels) {
    NormalDistribution normal = new NormalDistribution();
    double[] c = new double[levels];
    for (int i = 0; i < levels; i++) {
      c[i] = normal.inverseCumulativeProbability((i + 0.5) / levels);
    }
    double moved = 1;
    for (int round = 0; round < ROUNDS && moved > STILL; round++) {
      moved = 0;
      double density = 0;
      double mass = 0;
      double previous = Double.NaN;
      for (int i = 0; i < levels; i++) {
        boolean last = i == levels - 1;
        double border = last ? 0 : (c[i] + c[i + 1]) / 2;
        double nextDensity = last ? 0 : normal.density(border);
        double nextMass = last ? 1 : normal.cumulativeProbability(border);
        double mean = (density - nextDensity) / (nextMass - mass);
        moved = Math.max(moved, Math.abs(mean - c[i]));
        if (i > 0) {
          c[i - 1] = previous;
        }
        previous = mean;
        density = nextDensity;
        mass = nextMass;
      }
      c[levels - 1] = previous;
      for (int i = 0; i < levels / 2; i++) {
        double half = (c[levels - 1 - i] - c[i]) / 2;
        c[i] = -half;
        c[levels - 1 - i] = half;
      }
      if (levels % 2 == 1) {
        c[levels / 2] = 0;
      }
    }
    return c;
  }
}
