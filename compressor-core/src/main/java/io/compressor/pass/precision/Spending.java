package io.compressor.pass.precision;

import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.ir.Model;
import io.compressor.recipe.Budget;
import io.compressor.recipe.Limit;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Stopwatch;
import io.compressor.solver.allocate.Allocation;
import io.compressor.solver.allocate.KnapsackTable;
import io.compressor.solver.allocate.Option;
import io.compressor.solver.allocate.OptionCurve;
import io.compressor.solver.allocate.Resource;
import io.compressor.solver.mixed.PairModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One budget of bytes or milliseconds over the widths of all sites: the least sum of augmented
 * sensitivities that it buys (multiple-choice knapsack). Nodes differ between widths and times of
 * single sites are not those of a whole model, so what is left is spent, or saved, in a few rounds
 * on the model as written.
 */
final class Spending {
  private static final int ROUNDS = 6;

  /** Bytes kept free for what the pipeline notes in the file's metadata. */
  private static final int PROVENANCE = 512;

  private final Study study;
  private final Budget budget;
  private final List<String> notes = new ArrayList<>();

  Spending(Study study, Budget budget) {
    this.study = study;
    this.budget = budget;
  }

  List<String> notes() {
    return notes;
  }

  /**
   * @param bytes that a file may have
   * @param share of the original's time that a run may take
   */
  private record Room(double bytes, double share) {
    boolean holds(Room used) {
      return used.bytes <= bytes && used.share <= share;
    }
  }

  /**
   * Levels within the budget; those that come nearest to it where none are, which is told. Empty
   * when the original is within it already.
   */
  Optional<int[]> spend(PairModel model) {
    Model original = study.scope().original();
    double bytes = (double) OnnxWriter.size(original);
    Room room = room(bytes, original);
    if (room.holds(new Room(bytes, 1))) {
      notes.add("precision: the model is within the budget already, nothing is done");
      return Optional.empty();
    }
    List<OptionCurve> curves = curves(model);
    int[] best = extreme(curves);
    Room now = used(best, original);
    if (!room.holds(now)) {
      notes.add(
          "precision: no configuration is within the budget; the best found has %.0f bytes of %.0f and takes %.1f %% of the original's time%s"
              .formatted(
                  now.bytes(),
                  room.bytes(),
                  100 * now.share(),
                  room.share() < 1 ? " of %.1f %%".formatted(100 * room.share()) : ""));
      return Optional.of(best);
    }
    return Optional.of(fill(curves, room, original, best));
  }

  private int[] fill(List<OptionCurve> curves, Room room, Model original, int[] first) {
    int[] best = first;
    double least = error(curves, best);
    double spare = 0;
    double slack = 0;
    for (int round = 0; round < ROUNDS; round++) {
      study.scope().progress().checkCancelled();
      Optional<int[]> found = within(curves, room, original, spare, slack);
      if (found.isEmpty()) {
        break;
      }
      Room now = used(found.get(), original);
      if (room.holds(now) && error(curves, found.get()) <= least) {
        best = found.get();
        least = error(curves, best);
      }
      double left = Double.isInfinite(room.bytes()) ? 0 : room.bytes() - now.bytes();
      double late = room.share() < 1 ? now.share() - room.share() : 0;
      if (left >= 0 && left < room.bytes() / 1000 && late <= 0) {
        break;
      }
      if (left == 0 && late <= 0) {
        break;
      }
      spare += left < 0 ? left - 64.0 * (round + 1) : 0.9 * left;
      slack += Math.max(0, late) * 1.1;
    }
    return best;
  }

  /** The knapsack's answer with bytes to spare and a share of time to make up for. */
  private Optional<int[]> within(
      List<OptionCurve> curves, Room room, Model original, double spare, double slack) {
    Choices choices = study.choices();
    double weights = 0;
    double millis = 0;
    for (int i = 0; i < curves.size(); i++) {
      weights += choices.bytes()[i][0];
      millis += choices.millis()[i][0];
    }
    double bytes =
        Double.isInfinite(room.bytes())
            ? Double.POSITIVE_INFINITY
            : room.bytes() - (OnnxWriter.size(original) - weights) + spare;
    double saved = room.share() < 1 ? (1 - room.share() + slack) * baseMs(original) : 0;
    double time = millis - saved;
    if (room.share() >= 1) {
      return KnapsackTable.of(curves, Resource.BYTES, Math.max(0, bytes), KnapsackTable.BUCKETS)
          .within(bytes)
          .map(Spending::levels);
    }
    KnapsackTable table =
        KnapsackTable.of(curves, Resource.MILLIS, Math.max(0, time), KnapsackTable.BUCKETS);
    if (Double.isInfinite(bytes)) {
      return table.within(time).map(Spending::levels);
    }
    return table.front().stream()
        .filter(a -> a.millis() <= time && a.bytes() <= bytes)
        .min(java.util.Comparator.comparingDouble(Allocation::error))
        .map(Spending::levels);
  }

  private static int[] levels(Allocation a) {
    return a.chosen().stream().mapToInt(Integer::intValue).toArray();
  }

  private List<OptionCurve> curves(PairModel model) {
    Choices choices = study.choices();
    List<OptionCurve> curves = new ArrayList<>();
    for (int i = 0; i < choices.sites().size(); i++) {
      List<Option> options = new ArrayList<>();
      for (int l = 0; l < choices.levels(); l++) {
        options.add(
            new Option(
                l == 0
                    ? 0
                    : choices.may(i, l)
                        ? model.augmented(i, l, 1, false)
                        : Double.POSITIVE_INFINITY,
                choices.bytes()[i][l],
                choices.millis()[i][l]));
      }
      curves.add(new OptionCurve(choices.sites().get(i).name(), options));
    }
    return curves;
  }

  /** Each site as small as it goes, or as fast where only time is limited. */
  private int[] extreme(List<OptionCurve> curves) {
    Resource first = budget.size().isPresent() ? Resource.BYTES : Resource.MILLIS;
    int[] levels = new int[curves.size()];
    for (int i = 0; i < levels.length; i++) {
      List<Option> options = curves.get(i).options();
      for (int l = 1; l < options.size(); l++) {
        if (Double.isFinite(options.get(l).error())
            && first.of(options.get(l)) < first.of(options.get(levels[i]))) {
          levels[i] = l;
        }
      }
    }
    return levels;
  }

  private static double error(List<OptionCurve> curves, int[] levels) {
    return Allocation.of(curves, levels).error();
  }

  private Room room(double bytes, Model original) {
    double most = budget.size().map(l -> l.of(bytes)).orElse(Double.POSITIVE_INFINITY);
    double share =
        budget
            .latency()
            .map(l -> l.unit() == Limit.Unit.FRACTION ? l.value() : l.value() / baseMs(original))
            .orElse(Double.POSITIVE_INFINITY);
    return new Room(most >= bytes ? most : most - PROVENANCE, share);
  }

  private Room used(int[] levels, Model original) {
    Model candidate = study.emitter().model(levels);
    double share = 1;
    if (budget.latency().isPresent()) {
      try (RuntimeSession first = RuntimeSession.open(original, SessionSettings.withThreads(1));
          RuntimeSession second = RuntimeSession.open(candidate, SessionSettings.withThreads(1))) {
        share = Stopwatch.standard().race(List.of(first, second), sample()).get(1).ratio();
      }
    }
    return new Room((double) OnnxWriter.size(candidate), share);
  }

  private double baseMs(Model original) {
    try (RuntimeSession session = RuntimeSession.open(original, SessionSettings.withThreads(1))) {
      return Stopwatch.rounds(15).race(List.of(session), sample()).get(0).p50();
    }
  }

  private java.util.Map<String, io.compressor.ir.Tensor> sample() {
    var data = study.scope().calibration().orElseThrow();
    return data.batch(0, data.fixedBatch().orElse(1)).inputs();
  }

  /** Widths by a rule of thumb, before anything is measured: each bit quarters a weight's error. */
  static int[] guess(double[] parameters, long[][] bytes, double most, List<Integer> bits) {
    List<OptionCurve> curves = new ArrayList<>();
    for (int i = 0; i < parameters.length; i++) {
      List<Option> options = new ArrayList<>();
      for (int l = 0; l < bytes[i].length; l++) {
        boolean may = l == 0 || bytes[i][l] > 0;
        double error = l == 0 ? 0 : parameters[i] * Math.pow(4, -bits.get(l));
        options.add(new Option(may ? error : Double.POSITIVE_INFINITY, bytes[i][l], 0));
      }
      curves.add(new OptionCurve("site" + i, options));
    }
    return KnapsackTable.of(curves, Resource.BYTES, Math.max(0, most), KnapsackTable.BUCKETS)
        .within(most)
        .map(Spending::levels)
        .orElseGet(() -> Arrays.stream(bytes).mapToInt(b -> smallest(b)).toArray());
  }

  private static int smallest(long[] bytes) {
    int best = 0;
    for (int l = 1; l < bytes.length; l++) {
      best = bytes[l] > 0 && bytes[l] < bytes[best] ? l : best;
    }
    return best;
  }
}
