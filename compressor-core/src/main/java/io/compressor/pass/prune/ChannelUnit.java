package io.compressor.pass.prune;

import io.compressor.graph.Site;
import io.compressor.graph.channel.ChannelGroup;
import io.compressor.graph.channel.Endpoint;
import io.compressor.statistics.Moments;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Channels that can be taken out together. Without them the reader's columns have nothing to
 * multiply, so zeros in these columns do to the outputs what taking the channels out does.
 *
 * @param group with one reader
 * @param reader that reader's weight, in the model that is pruned
 * @param order channels, the one that goes first in front
 */
record ChannelUnit(ChannelGroup group, PrunedWeight reader, int[] order) {
  /**
   * Ordered by what a channel brings to the reader's output: Σ over its columns of the input's mean
   * square times the column's squares.
   *
   * @param moments of the reader's input; where there are none columns alone count
   */
  static ChannelUnit of(ChannelGroup group, Optional<Moments> moments) {
    Endpoint end = group.readers().get(0);
    Site site = end.site();
    float[] w = site.weightMatrix();
    double[] power = moments.map(m -> m.hessian().diagonal()).orElseGet(() -> ones(site.in()));
    double[] scores = new double[group.size()];
    for (int i = 0; i < w.length; i++) {
      int column = i % site.in();
      scores[column / end.spread()] += power[column] * w[i] * w[i];
    }
    int[] order =
        IntStream.range(0, group.size())
            .boxed()
            .sorted(Comparator.comparingDouble(c -> scores[c]))
            .mapToInt(c -> c)
            .toArray();
    return new ChannelUnit(group, PrunedWeight.of(site), order);
  }

  /** Channels that stay when so many go, ascending. */
  int[] kept(int removed) {
    int[] kept = Arrays.copyOfRange(order, removed, order.length);
    Arrays.sort(kept);
    return kept;
  }

  /** The reader with zeros where the first channels were. */
  Saliency saliency() {
    Site site = reader.site();
    int spread = group.readers().get(0).spread();
    return removed -> {
      float[] w = site.layout().toMatrix(reader.values()).clone();
      for (int r = 0; r < removed; r++) {
        for (int row = 0; row < site.out(); row++) {
          int from = row * site.in() + order[r] * spread;
          Arrays.fill(w, from, from + spread, 0);
        }
      }
      return site.layout().toStored(w);
    };
  }

  private static double[] ones(int size) {
    double[] ones = new double[size];
    Arrays.fill(ones, 1);
    return ones;
  }
}
