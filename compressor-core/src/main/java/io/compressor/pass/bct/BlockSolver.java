package io.compressor.pass.bct;

import io.compressor.encoding.Encoding;
import io.compressor.encoding.EncodingChoice;
import io.compressor.encoding.Encodings;
import io.compressor.encoding.GridFamily;
import io.compressor.encoding.GridRequest;
import io.compressor.engine.Engine;
import io.compressor.graph.Site;
import io.compressor.pass.weights.SiteTask;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.recipe.BctOptions;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.RoundToNearest;
import io.compressor.solver.block.BlockFitter;
import io.compressor.solver.block.BlockFold;
import io.compressor.solver.block.BlockGrid;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Cuts and codes one weight as chosen. */
record BlockSolver(Candidates candidates) {

  SolvedSite solve(Site site, Candidate chosen) {
    EncodingChoice choice = choice(site, chosen);
    SiteTask task =
        new SiteTask(site, choice, Optional.empty(), Optional.empty(), Optional.empty());
    float[] w = task.weight();
    BlockGrid grid = BlockFitter.fit(w, site.out(), site.in(), chosen.spec(), Engine.direct());
    QuantizedWeight weight =
        RoundToNearest.quantize(
            w, limit(site).isEmpty() ? grid : BlockFold.fold(grid, choice.grid().limit()));
    return new SolvedSite(
        task,
        weight,
        chosen.words(),
        Optional.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        List.of());
  }

  EncodingChoice choice(Site site, Candidate chosen) {
    int bits = Math.max(2, chosen.spec().table().bits());
    int width = chosen.spec().shape().width();
    return new EncodingChoice(
        encoding(site),
        new GridRequest(
            GridFamily.FOLDED, new QuantSpec(bits, width, true, false), limit(site).orElse(127)),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        chosen.bytes(),
        "");
  }

  Encoding encoding(Site site) {
    if (candidates.isInteger(site)) {
      return Encodings.BLOCK_INTEGER;
    }
    if (!candidates.isInt8(site)) {
      return Encodings.TABLE_FLOAT;
    }
    return candidates.options().arithmetic() == BctOptions.Multiplication.TOKEN
        ? Encodings.TABLE_TOKEN
        : Encodings.TABLE_INT8;
  }

  /** Largest int8 that blocks are folded into; empty where they stay as they are. */
  OptionalInt limit(Site site) {
    return candidates.isInt8(site)
        ? OptionalInt.of(candidates.range().limit())
        : OptionalInt.empty();
  }
}
