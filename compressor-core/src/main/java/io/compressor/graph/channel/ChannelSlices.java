package io.compressor.graph.channel;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Takes channels of a group, some or all and in any order, wherever the group has them: rows of
 * what writes them, columns of what reads them, entries of every constant along them.
 */
final class ChannelSlices {
  private final GraphEditor editor;
  private final Set<String> done = new HashSet<>();

  ChannelSlices(Model model) {
    this.editor = new GraphEditor(model);
  }

  /** Whether the weight is a float constant that is stored as it is seen and read by one node. */
  static boolean isPlain(Site site, GraphIndex index) {
    Tensor stored = index.model().graph().initializers().get(site.weight().name());
    return !site.isShared()
        && stored != null
        && stored.type() == ElementType.FLOAT
        && Arrays.equals(stored.dims(), site.weight().dims());
  }

  /**
   * @param channels old places of the new channels; where heads repeat the channels, the same in
   *     each head
   */
  void take(ChannelGroup group, int[] channels) {
    for (Endpoint end : group.writers()) {
      Site site = end.site();
      int[] rows = repeated(channels, group.size(), end.blocks());
      slice(site.weight().name(), writtenAxis(site), rows);
      biasOf(site).ifPresent(b -> slice(b, rank(b) - 1, rows));
    }
    for (Endpoint end : group.readers()) {
      Site site = end.site();
      int[] columns = repeated(channels, group.size(), end.blocks());
      slice(site.weight().name(), site.layout().transposed() ? 0 : 1, columns);
    }
    for (ChannelConstant constant : group.constants()) {
      int[] entries = repeated(channels, group.size(), constant.blocks());
      slice(constant.value(), rank(constant.value()) + constant.axis(), entries);
    }
    for (NormUse use : group.norms()) {
      use.norm().gain().ifPresent(g -> slice(g.value(), rank(g.value()) - 1, channels));
      use.norm().shift().ifPresent(s -> slice(s.value(), rank(s.value()) - 1, channels));
    }
  }

  /** For a group that has got another size. */
  void forgetTypes(ChannelGroup group) {
    group.members().forEach(m -> editor.forgetType(m.value()));
  }

  Model build() {
    return editor.build();
  }

  private static int writtenAxis(Site site) {
    boolean last = site.kind() == SiteKind.GATHER || site.layout().transposed();
    return last ? site.weight().rank() - 1 : 0;
  }

  private Optional<String> biasOf(Site site) {
    if (site.bias().isEmpty()) {
      return Optional.empty();
    }
    if (site.biasNode().isPresent()) {
      return site.biasNode().get().inputs().stream()
          .filter(i -> editor.initializer(i).isPresent())
          .findFirst();
    }
    return site.node().input(2);
  }

  private int rank(String constant) {
    return editor.initializer(constant).map(Tensor::rank).orElse(0);
  }

  /** Once for each constant and axis; a constant that is one number for all channels stays. */
  private void slice(String constant, int axis, int[] kept) {
    Optional<Tensor> tensor = editor.initializer(constant);
    if (tensor.isEmpty() || axis < 0 || tensor.get().dims()[axis] == 1) {
      return;
    }
    if (done.add(constant + " " + axis)) {
      editor.setInitializer(constant, sliced(tensor.get(), axis, kept));
    }
  }

  private static int[] repeated(int[] channels, int size, int blocks) {
    int[] all = new int[channels.length * blocks];
    for (int b = 0; b < blocks; b++) {
      for (int c = 0; c < channels.length; c++) {
        all[b * channels.length + c] = b * size + channels[c];
      }
    }
    return all;
  }

  private static Tensor sliced(Tensor t, int axis, int[] kept) {
    long[] dims = t.dims();
    int size = (int) dims[axis];
    int behind = 1;
    for (int i = axis + 1; i < dims.length; i++) {
      behind *= (int) dims[i];
    }
    float[] all = t.toFloats();
    int front = all.length / (size * behind);
    float[] some = new float[front * kept.length * behind];
    for (int f = 0; f < front; f++) {
      for (int k = 0; k < kept.length; k++) {
        System.arraycopy(
            all, (f * size + kept[k]) * behind, some, (f * kept.length + k) * behind, behind);
      }
    }
    dims[axis] = kept.length;
    return Tensor.ofFloats(t.name(), dims, some);
  }
}
