package io.compressor.solver.allocate;

import java.util.List;

/**
 * What one site offers; exactly one option of each curve is taken (multiple choice). The order of
 * options is free, costs and errors need not be monotone; among equals the earlier option wins.
 *
 * @param name of the site
 * @param options at least one with a finite error
 */
public record OptionCurve(String name, List<Option> options) {
  public OptionCurve {
    options = List.copyOf(options);
    if (options.stream().noneMatch(o -> Double.isFinite(o.error()))) {
      throw new IllegalArgumentException("'" + name + "' has no option that may be taken");
    }
    if (options.size() > Character.MAX_VALUE) {
      throw new IllegalArgumentException("'" + name + "' has " + options.size() + " options");
    }
  }
}
