package io.compressor.pass.bct;

import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.graph.Site;
import io.compressor.solver.allocate.HullGreedy;
import io.compressor.solver.allocate.Option;
import io.compressor.solver.allocate.OptionCurve;
import io.compressor.solver.allocate.Resource;
import java.util.ArrayList;
import java.util.List;

/**
 * Every candidate of every site with what it loses.
 *
 * @param candidates of each site
 * @param curves the same, measured
 */
record Allocation(List<List<Candidate>> candidates, List<OptionCurve> curves) {

  static Allocation measure(
      List<Site> sites, BlockSolver solver, Engine engine, Progress progress) {
    List<List<Candidate>> candidates = sites.stream().map(s -> solver.candidates().of(s)).toList();
    progress.begin("measure", sites.size());
    List<Integer> all = java.util.stream.IntStream.range(0, sites.size()).boxed().toList();
    List<OptionCurve> curves =
        engine.map(
            all,
            i -> {
              progress.checkCancelled();
              List<Candidate> of = candidates.get(i);
              List<Option> measured =
                  Measuring.options(sites.get(i), of, solver.limit(sites.get(i)));
              progress.advance(1);
              return new OptionCurve(sites.get(i).name(), measured);
            });
    return new Allocation(candidates, curves);
  }

  /** For each site the least error at the bits asked for. */
  List<Candidate> first() {
    List<Candidate> chosen = new ArrayList<>();
    for (int s = 0; s < candidates.size(); s++) {
      int best = 0;
      List<Option> options = curves.get(s).options();
      for (int o = 1; o < options.size(); o++) {
        if (options.get(o).error() < options.get(best).error()) {
          best = o;
        }
      }
      chosen.add(candidates.get(s).get(best));
    }
    return chosen;
  }

  /** The least sum of errors in so many bytes; the smallest of all where nothing fits. */
  List<Candidate> within(long bytes) {
    long least =
        curves.stream()
            .mapToLong(c -> c.options().stream().mapToLong(Option::bytes).min().orElse(0))
            .sum();
    List<Integer> chosen =
        HullGreedy.within(curves, Resource.BYTES, (double) Math.max(least, bytes))
            .orElseThrow()
            .chosen();
    List<Candidate> all = new ArrayList<>();
    for (int s = 0; s < chosen.size(); s++) {
      all.add(candidates.get(s).get(chosen.get(s)));
    }
    return all;
  }
}
