package io.compressor.pass.weights.budget;

import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.PassScope;
import io.compressor.recipe.Budget;
import io.compressor.recipe.Limit;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Stopwatch;
import io.compressor.solver.allocate.Allocation;
import io.compressor.solver.allocate.Option;
import io.compressor.solver.allocate.OptionCurve;
import io.compressor.solver.allocate.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One budget of bytes or milliseconds over the options of all sites: the least sum of errors that
 * it buys (multiple-choice knapsack). Nodes differ between options and times of single sites are
 * not those of a whole model, so what is left is spent, or saved, in a few rounds on the model as
 * written.
 */
public final class Spending {
  private static final int ROUNDS = 6;

  /** Bytes kept free for what the pipeline notes in the file's metadata. */
  private static final int PROVENANCE = 512;

  private final String who;
  private final List<OptionCurve> curves;
  private final Budget budget;
  private final PassScope scope;
  private final Function<int[], Model> writer;
  private final List<String> notes = new ArrayList<>();

  /**
   * @param who says what is noted
   * @param curves the first option of each is the weight as it is
   * @param writer the model with one option of each curve
   */
  public Spending(
      String who,
      List<OptionCurve> curves,
      Budget budget,
      PassScope scope,
      Function<int[], Model> writer) {
    this.who = who;
    this.curves = List.copyOf(curves);
    this.budget = budget;
    this.scope = scope;
    this.writer = writer;
  }

  /** What was noticed, for the report. */
  public List<String> notes() {
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
   * Options within the budget; those that come nearest to it where none are, which is told. Empty
   * when the original is within it already.
   */
  public Optional<int[]> spend() {
    if (isMet()) {
      return Optional.empty();
    }
    Model original = scope.original();
    Room room = room((double) OnnxWriter.size(original), original);
    int[] best = extreme();
    Room now = used(best, original);
    if (!room.holds(now)) {
      notes.add(
          "%s: no configuration is within the budget; the best found has %.0f bytes%s and takes %.1f %% of the original's time%s"
              .formatted(
                  who,
                  now.bytes(),
                  Double.isFinite(room.bytes()) ? " of %.0f".formatted(room.bytes()) : "",
                  100 * now.share(),
                  room.share() < 1 ? " of %.1f %%".formatted(100 * room.share()) : ""));
      return Optional.of(best);
    }
    return Optional.of(fill(room, original, best));
  }

  /** Whether the original is within the budget already, which is told. */
  public boolean isMet() {
    double bytes = (double) OnnxWriter.size(scope.original());
    boolean met = room(bytes, scope.original()).holds(new Room(bytes, 1));
    if (met) {
      notes.add(who + ": the model is within the budget already, nothing is done");
    }
    return met;
  }

  private int[] fill(Room room, Model original, int[] first) {
    int[] best = first;
    double least = error(best);
    double spare = 0;
    double slack = 0;
    for (int round = 0; round < ROUNDS; round++) {
      scope.progress().checkCancelled();
      Optional<int[]> found = within(room, original, spare, slack);
      if (found.isEmpty()) {
        break;
      }
      Room now = used(found.get(), original);
      if (room.holds(now) && error(found.get()) <= least) {
        best = found.get();
        least = error(best);
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
  private Optional<int[]> within(Room room, Model original, double spare, double slack) {
    double weights = 0;
    double millis = 0;
    for (OptionCurve curve : curves) {
      weights += curve.options().get(0).bytes();
      millis += curve.options().get(0).millis();
    }
    double bytes =
        Double.isInfinite(room.bytes())
            ? Double.POSITIVE_INFINITY
            : room.bytes() - (OnnxWriter.size(original) - weights) + spare;
    double saved = room.share() < 1 ? (1 - room.share() + slack) * baseMs(original) : 0;
    double time = room.share() < 1 ? millis - saved : Double.POSITIVE_INFINITY;
    return TwoBudgets.within(curves, bytes, time).map(Spending::chosen);
  }

  private static int[] chosen(Allocation a) {
    return a.chosen().stream().mapToInt(Integer::intValue).toArray();
  }

  /** Each site as small as it goes, or as fast where only time is limited. */
  private int[] extreme() {
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

  private double error(int[] chosen) {
    return Allocation.of(curves, chosen).error();
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

  private Room used(int[] chosen, Model original) {
    Model candidate = writer.apply(chosen);
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

  private Map<String, Tensor> sample() {
    var data = scope.calibration().orElseThrow();
    return data.batch(0, data.fixedBatch().orElse(1)).inputs();
  }
}
