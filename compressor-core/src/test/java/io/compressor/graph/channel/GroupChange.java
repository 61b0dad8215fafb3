package io.compressor.graph.channel;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Does to a group's channels what its transformation allows, straight from the definition: channel
 * c of every axis becomes factor[c] times old channel order[c], and readers undo it.
 */
final class GroupChange {
  private final GraphIndex index;
  private final GraphEditor editor;
  private final ChannelGroup group;
  private final int[] order;
  private final double[] factor;

  private GroupChange(Model model, ChannelGroup group, int[] order, double[] factor) {
    this.index = new GraphIndex(model);
    this.editor = new GraphEditor(model);
    this.group = group;
    this.order = order;
    this.factor = factor;
  }

  static Model apply(Model model, ChannelGroup group, int[] order, double[] factor) {
    GroupChange change = new GroupChange(model, group, order, factor);
    group.writers().forEach(change::write);
    group.readers().forEach(change::read);
    Set<String> gains = new LinkedHashSet<>();
    for (NormUse use : group.norms()) {
      if (!use.readers().isEmpty()) {
        use.norm().gain().ifPresent(o -> gains.add(o.value()));
        use.norm().shift().ifPresent(o -> gains.add(o.value()));
      }
    }
    group.constants().forEach(c -> change.along(c.value(), c.axis(), false));
    gains.forEach(g -> change.along(g, -1, false));
    return change.editor.build();
  }

  private void write(Endpoint end) {
    Site site = end.site();
    int rank = site.weight().rank();
    int axis =
        switch (site.kind()) {
          case GATHER -> -1;
          case CONV -> -rank;
          default -> site.layout().transposed() ? -1 : -2;
        };
    along(site.node().inputs().get(site.weightInput()), axis, false);
    site.bias().ifPresent(b -> along(b.name(), -1, false));
  }

  private void read(Endpoint end) {
    Site site = end.site();
    int axis =
        site.kind() == SiteKind.CONV
            ? 1 - site.weight().rank()
            : site.layout().transposed() ? -2 : -1;
    along(site.node().inputs().get(site.weightInput()), axis, true);
  }

  private void along(String name, int axis, boolean undo) {
    Tensor t = editor.initializer(name).orElseThrow();
    long[] dims = t.dims();
    int at = dims.length + axis;
    int stride = 1;
    for (int i = at + 1; i < dims.length; i++) {
      stride *= (int) dims[i];
    }
    int n = order.length;
    float[] from = t.toFloats();
    float[] to = new float[from.length];
    for (int i = 0; i < from.length; i++) {
      int c = i / stride % n;
      int source = i + (order[c] - c) * stride;
      to[i] = (float) (undo ? from[source] / factor[c] : from[source] * factor[c]);
    }
    editor.setInitializer(name, Tensor.ofFloats(name, dims, to));
    if (index.model().graph().initializers().get(name) == null) {
      throw new AssertionError(group.name() + ": " + name);
    }
  }
}
