package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.ElementType;
import io.compressor.ir.Float16;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * 16-bit floats in the file, float32 arithmetic, for weights that are too small or too delicate for
 * fewer bits: restored at load, embedding rows after the Gather.
 */
public final class Float16Storage {
  private Float16Storage() {}

  /** Bytes written for the weight. */
  public static long bytes(Site site) {
    return 2 * site.parameters();
  }

  /** Why the weight cannot be stored in 16 bits; empty when it can. */
  public static Optional<String> refuse(Site site) {
    for (float w : site.weight().toFloats()) {
      if (!(Math.abs(w) < 65520)) {
        return Optional.of("it holds " + w + ", which is no finite 16-bit float");
      }
    }
    return Optional.empty();
  }

  /** Replaces the weight at every use. */
  public static void emit(Emission emission, Site site) {
    String half = emission.constant(half(site.weight(), site.name() + "/float16"));
    if (site.kind() != SiteKind.GATHER) {
      emission.replaceWeight(
          site,
          EmitOptions.none(),
          use -> {
            NodeList nodes = new NodeList(emission);
            String stored =
                use.weight().equals(site.weight())
                    ? half
                    : emission.constant(half(use.weight(), site.name() + "/float16"));
            String restored = nodes.cast(site.name() + "/weight", stored, ElementType.FLOAT);
            emission.inFront(nodes);
            return restored;
          });
      return;
    }
    for (Site use : emission.uses(site)) {
      NodeList nodes = new NodeList(emission);
      String rows = nodes.gather(site.name() + "/rows", half, use.input());
      nodes.add(
          Node.of(
              "Cast",
              List.of(rows),
              List.of(use.output()),
              io.compressor.ir.Attribute.of("to", ElementType.FLOAT.onnxId())));
      emission.editor().replace(use.output(), nodes.nodes());
    }
  }

  private static Tensor half(Tensor weight, String name) {
    float[] values = weight.toFloats();
    ByteBuffer raw = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float v : values) {
      raw.putShort(Float16.fromFloat(v));
    }
    return Tensor.ofBytes(name, ElementType.FLOAT16, weight.dims(), raw.array());
  }
}
