package io.compressor.graph.channel;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Takes channels of groups out of a model: rows of what writes them, columns of what reads them,
 * entries of every constant along them. What is left is an ordinary, smaller network.
 */
public final class ChannelRemoval {
  /** Operators that carry the size of an axis in a constant or an attribute. */
  private static final Set<String> SIZED =
      Set.of("Reshape", "Expand", "Tile", "Slice", "Split", "Pad", "Resize", "Flatten");

  private final GraphEditor editor;
  private final Set<String> done = new HashSet<>();

  private ChannelRemoval(Model model) {
    this.editor = new GraphEditor(model);
  }

  /** Why channels of the group cannot be taken out, as a sentence; empty when they can. */
  public static Optional<String> refusal(ChannelGroup group, GraphIndex index) {
    Optional<Barrier> barrier =
        group.barriers().stream()
            .filter(b -> !b.allows().allows(Transformation.PERMUTATION))
            .findFirst();
    if (barrier.isPresent()) {
      return barrier.map(b -> b.reason() + " ('" + b.at() + "')");
    }
    if (group.hasHeads()) {
      return Optional.of("its channels lie inside attention heads");
    }
    if (group.writers().isEmpty() || group.readers().isEmpty()) {
      return Optional.of("nothing " + (group.writers().isEmpty() ? "writes" : "reads") + " it");
    }
    if (!group.norms().isEmpty()) {
      return Optional.of("a norm takes its statistics over the channels");
    }
    for (Axis member : group.members()) {
      Stream<Node> around =
          Stream.concat(
              index.producer(member.value()).stream(), index.consumers(member.value()).stream());
      Optional<Node> sized = around.filter(n -> SIZED.contains(n.opType())).findFirst();
      if (sized.isPresent()) {
        return sized.map(n -> n.opType() + " fixes its size ('" + n.label() + "')");
      }
    }
    return ends(group)
        .filter(e -> !isPlain(e.site(), index))
        .findFirst()
        .map(e -> "'" + e.site().name() + "' is no float constant of its own");
  }

  /**
   * @param kept channels that stay, ascending, for each group
   */
  public static Model of(Model model, Map<ChannelGroup, int[]> kept) {
    ChannelRemoval removal = new ChannelRemoval(model);
    kept.forEach(removal::group);
    return removal.editor.build();
  }

  private void group(ChannelGroup group, int[] kept) {
    for (Endpoint end : group.writers()) {
      Site site = end.site();
      slice(site.weight().name(), site.layout().transposed() ? site.weight().rank() - 1 : 0, kept);
      biasOf(site).ifPresent(b -> slice(b, rank(b) - 1, kept));
    }
    for (Endpoint end : group.readers()) {
      Site site = end.site();
      slice(site.weight().name(), site.layout().transposed() ? 0 : 1, kept);
    }
    for (ChannelConstant constant : group.constants()) {
      slice(constant.value(), rank(constant.value()) + constant.axis(), kept);
    }
    group.members().forEach(m -> editor.forgetType(m.value()));
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

  private static boolean isPlain(Site site, GraphIndex index) {
    Tensor stored = index.model().graph().initializers().get(site.weight().name());
    return site.kind() != SiteKind.GATHER
        && !site.isShared()
        && stored != null
        && stored.type() == ElementType.FLOAT
        && java.util.Arrays.equals(stored.dims(), site.weight().dims());
  }

  private static Stream<Endpoint> ends(ChannelGroup group) {
    return Stream.concat(group.writers().stream(), group.readers().stream());
  }
}
