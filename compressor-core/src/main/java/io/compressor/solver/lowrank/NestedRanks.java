package io.compressor.solver.lowrank;

import java.util.ArrayList;
import java.util.List;

/**
 * The greedy trade-off after training: from the whole model, again and again the cut of trailing
 * components that costs least for each number it saves (Maestro, section 4). Each state is inside
 * the one before, so all of them are one model.
 */
public final class NestedRanks {
  private NestedRanks() {}

  /**
   * One state.
   *
   * @param ranks of each weight
   * @param parameters numbers stored
   * @param error sum over the weights
   */
  public record State(List<Integer> ranks, long parameters, double error) {
    public State {
      ranks = List.copyOf(ranks);
    }
  }

  /** From the whole model to rank 1 everywhere, every state smaller than the one before. */
  public static List<State> of(List<RankCurve> curves) {
    int[] at = curves.stream().mapToInt(c -> c.ranks().size() - 1).toArray();
    List<State> states = new ArrayList<>(List.of(state(curves, at)));
    while (true) {
      int best = -1;
      int to = -1;
      double least = Double.POSITIVE_INFINITY;
      for (int i = 0; i < at.length; i++) {
        RankCurve c = curves.get(i);
        for (int o = at[i] - 1; o >= 0; o--) {
          double saved = c.parameters(at[i]) - c.parameters(o);
          double price = (c.errors().get(o) - c.errors().get(at[i])) / saved;
          if (saved > 0 && price < least) {
            least = price;
            best = i;
            to = o;
          }
        }
      }
      if (best < 0) {
        return states;
      }
      at[best] = to;
      states.add(state(curves, at));
    }
  }

  private static State state(List<RankCurve> curves, int[] at) {
    List<Integer> ranks = new ArrayList<>();
    long parameters = 0;
    double error = 0;
    for (int i = 0; i < at.length; i++) {
      ranks.add(curves.get(i).ranks().get(at[i]));
      parameters += curves.get(i).parameters(at[i]);
      error += curves.get(i).errors().get(at[i]);
    }
    return new State(ranks, parameters, error);
  }
}
