package io.compressor.graph.stage;

import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.List;

/** Joins segments until each is a stage: it has weights, and no block of a transformer is cut. */
final class Merging {
  /** Segments of the longest block that is looked for. */
  private static final int LONGEST = 16;

  private final Strand strand;
  private final int values;

  private Merging(Strand strand, int values) {
    this.strand = strand;
    this.values = values;
  }

  /**
   * @param values that may pass from stage to stage
   */
  static List<Segment> stages(List<Segment> segments, Strand strand, int values) {
    return new Merging(strand, values).alike(blocks(tables(withSites(segments))));
  }

  /** Nodes without weights follow the layer before them, the first ones lead the first layer. */
  private static List<Segment> withSites(List<Segment> segments) {
    List<Segment> merged = new ArrayList<>();
    for (Segment next : segments) {
      int last = merged.size() - 1;
      if (last >= 0 && (next.sites().isEmpty() || merged.get(last).sites().isEmpty())) {
        merged.set(last, merged.get(last).with(next));
      } else {
        merged.add(next);
      }
    }
    return merged;
  }

  /** Word, position and type tables are one stage. */
  private static List<Segment> tables(List<Segment> segments) {
    List<Segment> merged = new ArrayList<>();
    for (Segment next : segments) {
      int last = merged.size() - 1;
      if (last >= 0 && merged.get(last).hasOnlyTables() && next.hasOnlyTables()) {
        merged.set(last, merged.get(last).with(next));
      } else {
        merged.add(next);
      }
    }
    return merged;
  }

  /**
   * The residual stream is narrow between attention and feed-forward too. What repeats is the
   * block: the shortest run of segments with attention in it that comes several times in a row.
   */
  private static List<Segment> blocks(List<Segment> segments) {
    List<Segment> merged = new ArrayList<>();
    for (int i = 0; i < segments.size(); ) {
      int period = 1;
      int covered = 1;
      for (int p = 1; p <= Math.min(LONGEST, (segments.size() - i) / 2); p++) {
        int repeated = repeated(segments, i, p);
        if (repeated > covered && mixes(segments.subList(i, i + p))) {
          period = p;
          covered = repeated;
        }
      }
      for (int end = i + covered; i < end; i += period) {
        merged.add(segments.subList(i, i + period).stream().reduce(Segment::with).orElseThrow());
      }
    }
    return merged;
  }

  /** Segments from {@code start} on that whole repetitions of the first {@code period} cover. */
  private static int repeated(List<Segment> segments, int start, int period) {
    int i = start + period;
    while (i < segments.size() && segments.get(i).isLike(segments.get(i - period))) {
      i++;
    }
    int times = (i - start) / period;
    return times >= 2 ? times * period : 0;
  }

  /** What a block has beyond the one before it, such as a decoder's last norm, leads the next. */
  private List<Segment> alike(List<Segment> segments) {
    List<Segment> trimmed = new ArrayList<>(segments);
    for (int i = 1; i + 1 < trimmed.size(); i++) {
      Segment block = trimmed.get(i);
      Segment model = trimmed.get(i - 1);
      int end = block.from() + model.to() - model.from();
      if (block.isLike(model)
          && end < block.to()
          && strand.isNarrow(end, values)
          && operators(model.from(), model.to()).equals(operators(block.from(), end))) {
        Segment next = trimmed.get(i + 1);
        trimmed.set(i, new Segment(block.from(), end, block.sites(), block.mixes()));
        trimmed.set(i + 1, new Segment(end, next.to(), next.sites(), next.mixes()));
      }
    }
    return trimmed;
  }

  private List<String> operators(int from, int to) {
    return strand.nodes(from, to).stream().map(Node::opType).toList();
  }

  private static boolean mixes(List<Segment> segments) {
    return segments.stream().anyMatch(Segment::mixes);
  }
}
