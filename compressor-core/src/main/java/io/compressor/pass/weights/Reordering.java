package io.compressor.pass.weights;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.channel.ChannelGroup;
import io.compressor.graph.channel.ChannelGroups;
import io.compressor.graph.channel.ChannelOrder;
import io.compressor.graph.channel.Endpoint;
import io.compressor.ir.Model;
import io.compressor.pass.Prepared;
import io.compressor.solver.AlikeOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts channels that their readers weigh alike next to each other, so that the weights which share
 * a scale are of one size. Costs nothing in the file and nothing at run time.
 *
 * <p>Source: Yvinec et al., JLCM (arXiv 2309.17361), reordering of neurons; how they are compared
 * is ours: by the magnitudes of the readers' columns, each output's row scaled to length 1.
 */
public final class Reordering {
  /** Outputs that are looked at; evenly spread over all readers' where there are more. */
  private static final int MOST_ROWS = 4096;

  private Reordering() {}

  /**
   * @param size neighbouring inputs that share something
   */
  public static Prepared of(Model model, int size) {
    GraphIndex index = new GraphIndex(model);
    Map<ChannelGroup, int[]> orders = new LinkedHashMap<>();
    for (ChannelGroup group : ChannelGroups.of(index)) {
      int spread = group.readers().stream().mapToInt(Endpoint::spread).max().orElse(1);
      int channels = Math.max(1, size / spread);
      if (group.size() > channels && ChannelOrder.refusal(group, index).isEmpty()) {
        orders.put(group, order(group, channels));
      }
    }
    if (orders.isEmpty()) {
      return Prepared.asIs(model);
    }
    int channels = orders.values().stream().mapToInt(o -> o.length).sum();
    String log = "%d channels in %d groups reordered".formatted(channels, orders.size());
    return new Prepared(ChannelOrder.of(model, orders), List.of(), List.of(log));
  }

  private static int[] order(ChannelGroup group, int size) {
    int rows = group.readers().stream().mapToInt(e -> e.site().out() * e.blocks()).sum();
    int step = (rows + MOST_ROWS - 1) / MOST_ROWS;
    List<float[]> kept = new ArrayList<>();
    int at = 0;
    for (Endpoint end : group.readers()) {
      Site site = end.site();
      float[] w = site.weightMatrix();
      for (int r = 0; r < site.out() * end.blocks(); r++, at++) {
        if (at % step == 0) {
          kept.add(magnitudes(w, r * group.size() * end.spread(), group.size(), end.spread()));
        }
      }
    }
    float[] features = new float[group.size() * kept.size()];
    for (int r = 0; r < kept.size(); r++) {
      for (int c = 0; c < group.size(); c++) {
        features[c * kept.size() + r] = kept.get(r)[c];
      }
    }
    return AlikeOrder.of(features, kept.size(), size);
  }

  /** One output's part of the channels; where heads repeat them, a head is a part. */
  private static float[] magnitudes(float[] w, int from, int count, int spread) {
    double[] squares = new double[count];
    double all = 0;
    for (int i = 0; i < count * spread; i++) {
      double square = (double) w[from + i] * w[from + i];
      squares[i / spread] += square;
      all += square;
    }
    float[] row = new float[count];
    for (int c = 0; c < count; c++) {
      row[c] = all == 0 ? 0 : (float) Math.sqrt(squares[c] / all);
    }
    return row;
  }
}
