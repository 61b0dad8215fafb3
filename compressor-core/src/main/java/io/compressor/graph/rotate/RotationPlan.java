package io.compressor.graph.rotate;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.channel.ChannelConstant;
import io.compressor.graph.channel.Norm;
import io.compressor.solver.rotation.KroneckerRotation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Everything that will change, collected over all groups before anything is written. */
final class RotationPlan {
  /** A constant in the stream, such as a position table, with the changes of its lines. */
  record ConstantChange(ChannelConstant constant, List<LineOp> ops) {}

  /** A product that the graph computes in front of a weight. */
  record Online(Site site, KroneckerRotation rotation) {}

  private final GraphIndex index;
  private final Map<String, WeightChange> weights = new LinkedHashMap<>();
  private final List<ConstantChange> constants = new ArrayList<>();
  private final Set<Norm> bare = new LinkedHashSet<>();
  private final List<Online> online = new ArrayList<>();
  private final List<String> log = new ArrayList<>();

  RotationPlan(GraphIndex index) {
    this.index = index;
  }

  GraphIndex index() {
    return index;
  }

  WeightChange weight(Site site) {
    return weights.computeIfAbsent(site.output(), k -> new WeightChange(site));
  }

  Collection<WeightChange> weights() {
    return weights.values();
  }

  void constant(ChannelConstant constant, List<LineOp> ops) {
    constants.add(new ConstantChange(constant, ops));
  }

  List<ConstantChange> constants() {
    return constants;
  }

  /** A norm that loses gain, shift and mean. */
  void bare(Norm norm) {
    bare.add(norm);
  }

  Set<Norm> bare() {
    return bare;
  }

  void online(Site site, KroneckerRotation rotation) {
    online.add(new Online(site, rotation));
  }

  List<Online> online() {
    return online;
  }

  void log(String what) {
    log.add(what);
  }

  List<String> log() {
    return log;
  }
}
