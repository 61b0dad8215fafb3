package io.compressor.pass.bct;

import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.graph.Site;
import io.compressor.solver.block.ByteBudget;
import java.util.ArrayList;
import java.util.List;

/**
 * Every candidate of every site with what it loses.
 *
 * @param candidates of each site
 * @param options the same, measured
 */
record Allocation(List<List<Candidate>> candidates, List<List<ByteBudget.Option>> options) {

  static Allocation measure(
      List<Site> sites, BlockSolver solver, Engine engine, Progress progress) {
    List<List<Candidate>> candidates = sites.stream().map(s -> solver.candidates().of(s)).toList();
    progress.begin("measure", sites.size());
    List<Integer> all = java.util.stream.IntStream.range(0, sites.size()).boxed().toList();
    List<List<ByteBudget.Option>> options =
        engine.map(
            all,
            i -> {
              progress.checkCancelled();
              List<Candidate> of = candidates.get(i);
              List<ByteBudget.Option> measured =
                  Measuring.options(sites.get(i), of, solver.limit(sites.get(i)));
              progress.advance(1);
              return measured;
            });
    return new Allocation(candidates, options);
  }

  /** For each site the least error at the bits asked for. */
  List<Candidate> first() {
    List<Candidate> chosen = new ArrayList<>();
    for (int s = 0; s < candidates.size(); s++) {
      int best = 0;
      for (int o = 1; o < options.get(s).size(); o++) {
        if (options.get(s).get(o).error() < options.get(s).get(best).error()) {
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
        options.stream()
            .mapToLong(of -> of.stream().mapToLong(ByteBudget.Option::bytes).min().orElse(0))
            .sum();
    int[] chosen = ByteBudget.choose(options, Math.max(least, bytes)).orElseThrow();
    List<Candidate> all = new ArrayList<>();
    for (int s = 0; s < chosen.length; s++) {
      all.add(candidates.get(s).get(chosen[s]));
    }
    return all;
  }
}
