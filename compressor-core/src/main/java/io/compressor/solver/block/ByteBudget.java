package io.compressor.solver.block;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One option for each tensor under a total of bytes, least sum of errors: bisection on the price λ
 * of a byte, each tensor taking the option with the least error + λ · bytes, then what is left over
 * spent on the upgrades that gain most a byte. Pure; ties go to the earlier option.
 */
public final class ByteBudget {
  private static final int ROUNDS = 80;

  private ByteBudget() {}

  /**
   * @param error ≥ 0, comparable between tensors
   * @param bytes stored
   */
  public record Option(double error, long bytes) {}

  /**
   * @param options of each tensor, none empty
   * @return index of the option of each tensor; empty when even the smallest are too large
   */
  public static Optional<int[]> choose(List<List<Option>> options, long total) {
    if (bytes(options, at(options, Double.POSITIVE_INFINITY)) > total) {
      return Optional.empty();
    }
    double low = 0;
    double high = 1;
    while (bytes(options, at(options, high)) > total) {
      high *= 2;
    }
    for (int i = 0; i < ROUNDS; i++) {
      double middle = (low + high) / 2;
      if (bytes(options, at(options, middle)) > total) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return Optional.of(upgraded(options, at(options, high), total));
  }

  private static int[] upgraded(List<List<Option>> options, int[] chosen, long total) {
    long left = total - bytes(options, chosen);
    while (true) {
      int tensor = -1;
      int option = -1;
      double best = 0;
      for (int t = 0; t < chosen.length; t++) {
        Option now = options.get(t).get(chosen[t]);
        for (int o = 0; o < options.get(t).size(); o++) {
          Option other = options.get(t).get(o);
          long more = other.bytes() - now.bytes();
          double gain = (now.error() - other.error()) / Math.max(1, more);
          if (more <= left && gain > best) {
            best = gain;
            tensor = t;
            option = o;
          }
        }
      }
      if (tensor < 0) {
        return chosen;
      }
      left -=
          options.get(tensor).get(option).bytes() - options.get(tensor).get(chosen[tensor]).bytes();
      chosen[tensor] = option;
    }
  }

  private static int[] at(List<List<Option>> options, double price) {
    int[] chosen = new int[options.size()];
    for (int t = 0; t < chosen.length; t++) {
      List<Option> of = options.get(t);
      for (int o = 1; o < of.size(); o++) {
        if (cost(of.get(o), price) < cost(of.get(chosen[t]), price)) {
          chosen[t] = o;
        }
      }
    }
    return chosen;
  }

  private static double cost(Option option, double price) {
    return Double.isInfinite(price) ? option.bytes() : option.error() + price * option.bytes();
  }

  private static long bytes(List<List<Option>> options, int[] chosen) {
    return Arrays.stream(indices(chosen))
        .mapToLong(t -> options.get(t).get(chosen[t]).bytes())
        .sum();
  }

  private static int[] indices(int[] chosen) {
    int[] all = new int[chosen.length];
    Arrays.setAll(all, i -> i);
    return all;
  }
}
