package io.compressor.pass.precision;

import io.compressor.engine.Progress;
import io.compressor.evaluate.PairedResult;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.ir.Model;
import io.compressor.pass.SearchTrace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Scores of configurations on held-out samples, each once. */
final class Search {
  private final Emitter emitter;
  private final HeldOut heldOut;
  private final double limit;
  private final Progress progress;
  private final Map<List<Integer>, PairedResult> known = new HashMap<>();
  private final List<SearchTrace.Point> points = new ArrayList<>();

  Search(Emitter emitter, HeldOut heldOut, double limit, Progress progress) {
    this.emitter = emitter;
    this.heldOut = heldOut;
    this.limit = limit;
    this.progress = progress;
  }

  /** Whether the drop is within the limit; nothing lowered loses nothing. */
  boolean passes(int[] levels) {
    return Arrays.stream(levels).allMatch(l -> l == 0) || within(score(levels));
  }

  boolean within(PairedResult score) {
    return score.valid() && score.drop().value() <= limit;
  }

  PairedResult score(int[] levels) {
    List<Integer> key = Arrays.stream(levels).boxed().toList();
    PairedResult found = known.get(key);
    if (found == null) {
      progress.checkCancelled();
      Model candidate = emitter.model(levels);
      found = heldOut.score(candidate, progress);
      known.put(key, found);
      points.add(new SearchTrace.Point(OnnxWriter.size(candidate), found.drop().value()));
    }
    return found;
  }

  SearchTrace trace() {
    return new SearchTrace(known.size(), points);
  }
}
