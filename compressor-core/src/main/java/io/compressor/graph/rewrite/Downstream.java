package io.compressor.graph.rewrite;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Everything that reads an affine node's output, up to the layers that can absorb it. */
final class Downstream {
  /**
   * A layer that reads the value.
   *
   * @param spatial positions that a channel covers in the layer's flattened input; 1 for a Conv
   * @param padded whether it surrounds what it reads with zeros
   */
  record Target(Site site, int spatial, boolean padded) {}

  private final ChannelAffine affine;
  private final GraphIndex index;
  private final LinearSites sites;
  private final List<Target> targets = new ArrayList<>();
  private final List<String> passed = new ArrayList<>();
  private String refusal = "";
  private boolean fixedWidth;

  private Downstream(ChannelAffine affine, GraphIndex index, LinearSites sites) {
    this.affine = affine;
    this.index = index;
    this.sites = sites;
  }

  static Downstream of(Node node, ChannelAffine affine, GraphIndex index, LinearSites sites) {
    Downstream found = new Downstream(affine, index, sites);
    found.follow(node.outputs().get(0), Shape.MAP);
    return found;
  }

  List<Target> targets() {
    return targets;
  }

  /** Whether some layer pads with zeros what it reads. */
  boolean padded() {
    return targets.stream().anyMatch(Target::padded);
  }

  Optional<String> refusal() {
    return refusal.isEmpty() ? Optional.empty() : Optional.of(refusal);
  }

  /** Why the readers cannot take one more channel. */
  Optional<String> channelRefusal() {
    if (fixedWidth) {
      return Optional.of("its shift meets zero padding and a Reshape fixes the channel count");
    }
    return targets.stream().anyMatch(t -> t.site().node().intAttribute("group", 1) != 1)
        ? Optional.of("its shift meets zero padding in a grouped Conv")
        : Optional.empty();
  }

  void write(ChannelAffine forward, double constant, GraphEditor editor, GraphIndex from) {
    for (Target target : targets) {
      LinearLayer layer = new LinearLayer(target.site());
      if (constant == 0) {
        layer.absorbInput(forward, target.spatial());
      } else if (target.padded()) {
        layer.absorbInputThroughChannel(forward, constant);
      } else {
        layer.absorbInput(forward, target.spatial());
        layer.ignoreExtraChannel(target.spatial());
      }
      layer.write(editor, from);
    }
    if (constant != 0) {
      passed.forEach(editor::forgetType);
    }
  }

  /** How the channels lie in a value. */
  private enum Shape {
    /** [N, C, spatial…]. */
    MAP,
    /** [N, C·spatial]. */
    FLAT
  }

  private void follow(String value, Shape shape) {
    passed.add(value);
    if (index.isOutput(value)) {
      refuse("'" + value + "' is an output of the model");
    }
    for (Node reader : index.consumers(value)) {
      if (refusal.isEmpty()) {
        visit(reader, value, shape);
      }
    }
  }

  private void visit(Node reader, String value, Shape shape) {
    Optional<Site> site = sites.of(reader).filter(s -> s.input().equals(value));
    if (site.isPresent()) {
      arrive(site.get(), shape);
      return;
    }
    String out = reader.outputs().get(0);
    boolean single = reader.outputs().stream().skip(1).noneMatch(index::isUsed);
    if (!single || !reader.is(reader.opType())) {
      refuse(reader);
      return;
    }
    switch (reader.opType()) {
      case "Identity", "Dropout" -> follow(out, shape);
      case "MaxPool", "GlobalMaxPool" -> {
        if (affine.isNonNegative()) {
          follow(out, shape);
        } else {
          refuse("a negative scale does not pass " + reader.opType() + " '" + reader.label() + "'");
        }
      }
      case "AveragePool", "GlobalAveragePool" -> {
        if (affine.hasShift() && countsPadding(reader)) {
          refuse("its shift does not pass the padded AveragePool '" + reader.label() + "'");
        } else {
          follow(out, shape);
        }
      }
      case "Flatten" -> {
        if (reader.intAttribute("axis", 1) == 1) {
          follow(out, Shape.FLAT);
        } else {
          refuse(reader);
        }
      }
      case "Reshape" -> reshape(reader, out);
      default -> refuse(reader);
    }
  }

  private void reshape(Node reader, String out) {
    long[] to = reader.input(1).flatMap(index::longs).orElse(new long[0]);
    boolean keepsBatch = to.length == 2 && (to[0] == 0 || (to[0] == -1 && to[1] > 0));
    if (keepsBatch) {
      fixedWidth |= to[1] != -1;
      follow(out, Shape.FLAT);
    } else {
      refuse(reader);
    }
  }

  private void arrive(Site site, Shape shape) {
    int channels = affine.channels();
    if (site.kind() == SiteKind.CONV) {
      int expected = (int) site.weight().dims()[1] * (int) site.node().intAttribute("group", 1);
      if (shape != Shape.MAP || expected != channels) {
        refuse(site.node());
      } else {
        targets.add(new Target(site, 1, pads(site)));
      }
    } else if (site.in() % channels != 0 || (shape == Shape.MAP && site.in() != channels)) {
      refuse(site.node());
    } else if (shape == Shape.MAP && site.kind() == SiteKind.MATMUL) {
      refuse(site.node()); // multiplies the last axis, which need not be the channels
    } else {
      targets.add(new Target(site, site.in() / channels, false));
    }
  }

  /** Whether zeros surround what the Conv reads. */
  private static boolean pads(Site conv) {
    Node node = conv.node();
    long[] dims = conv.weight().dims();
    boolean pointwise = Arrays.stream(dims).skip(2).allMatch(d -> d == 1);
    String auto = node.textAttribute("auto_pad", "NOTSET");
    return auto.startsWith("SAME")
        ? !pointwise
        : Arrays.stream(node.intsAttribute("pads").orElse(new long[0])).anyMatch(p -> p != 0);
  }

  /** Whether an average takes in the zeros around its input. */
  static boolean countsPadding(Node pool) {
    boolean pads =
        pool.textAttribute("auto_pad", "NOTSET").startsWith("SAME")
            || pool.intAttribute("ceil_mode", 0) != 0
            || Arrays.stream(pool.intsAttribute("pads").orElse(new long[0])).anyMatch(p -> p != 0);
    return pads && pool.intAttribute("count_include_pad", 0) != 0;
  }

  private void refuse(Node reader) {
    refuse("its output is read by " + reader.opType() + " '" + reader.label() + "'");
  }

  private void refuse(String reason) {
    if (refusal.isEmpty()) {
      refusal = reason;
    }
  }
}
