package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Weights many of which are 0: the file holds a bit for each weight and the values that are not 0,
 * as floats or in 8 bits with a scale for each output. ONNX Runtime restores the weight once, at
 * load, by standard operators on constants; what runs is the original's kernel at its speed.
 *
 * <pre>
 * bits ─ BitShift … Concat ─ Cast(int32) ─┬─ CumSum ─ Mul ─ Gather([0, values]) ─ Reshape (─ Cast ─ Mul(scale))
 *                                         └───────────┘
 * </pre>
 *
 * <p>CumSum numbers the values that are kept; times the bit, a weight that is gone points to the 0
 * in front.
 */
public final class MaskedStorage {
  /** Of CumSum and BitShift. */
  public static final long OPSET = 11;

  private static final int LARGEST_CODE = 127;

  private MaskedStorage() {}

  /** Bytes of the constants that are written. */
  public static long bytes(Site site, long kept, boolean eightBit) {
    long mask = (site.parameters() + 7) / 8;
    return mask + (eightBit ? kept + 1 + 4L * site.out() : 4 * (kept + 1));
  }

  /** The operator that multiplies the weight; the form has none of its own. */
  public static String id(boolean eightBit) {
    return eightBit ? "mask-8bit" : "mask-float";
  }

  /**
   * Replaces a FLOAT weight at every use; the zeros in it are what the mask leaves out.
   *
   * @param site MATMUL, GEMM or CONV
   */
  public static void emit(Emission emission, Site site, boolean eightBit) {
    if (site.kind() == SiteKind.GATHER) {
      throw new IllegalArgumentException("'" + site.name() + "' is a table");
    }
    emission.replaceWeight(
        site,
        EmitOptions.none(),
        use -> {
          NodeList nodes = new NodeList(emission);
          String weight =
              eightBit
                  ? codes(nodes, site.name(), use)
                  : restored(
                      nodes,
                      site.name(),
                      use.weight(),
                      Tensor.ofFloats(
                          site.name() + "/kept", new long[] {kept(use) + 1}, values(use)));
          emission.inFront(nodes);
          return weight;
        });
  }

  private static int kept(Site use) {
    int kept = 0;
    for (float w : use.weight().toFloats()) {
      kept += w != 0 ? 1 : 0;
    }
    return kept;
  }

  /** A 0 and then what is kept. */
  private static float[] values(Site use) {
    float[] all = use.weight().toFloats();
    float[] values = new float[all.length + 1];
    int at = 1;
    for (float w : all) {
      if (w != 0) {
        values[at++] = w;
      }
    }
    return Arrays.copyOf(values, at);
  }

  private static String codes(NodeList nodes, String base, Site use) {
    boolean across = use.layout().transposed();
    float[] all = use.weight().toFloats();
    int out = use.out();
    float[] scales = new float[out];
    for (int i = 0; i < all.length; i++) {
      int row = across ? i % out : i / use.in();
      scales[row] = Math.max(scales[row], Math.abs(all[i]) / LARGEST_CODE);
    }
    byte[] codes = new byte[all.length + 1];
    int at = 1;
    for (int i = 0; i < all.length; i++) {
      if (all[i] != 0) {
        codes[at++] = (byte) Math.rint(all[i] / scales[across ? i % out : i / use.in()]);
      }
    }
    Tensor kept =
        Tensor.ofBytes(base + "/kept", ElementType.INT8, new long[] {at}, Arrays.copyOf(codes, at));
    String floats =
        nodes.cast(base + "/level", restored(nodes, base, use.weight(), kept), ElementType.FLOAT);
    long[] dims = new long[use.weight().rank()];
    Arrays.fill(dims, 1);
    dims[across ? dims.length - 1 : 0] = out;
    String scale = nodes.emission().constant(Tensor.ofFloats(base + "/scale", dims, scales));
    return nodes.add(base + "/weight", "Mul", List.of(floats, scale));
  }

  /** The values in their places, in the weight's shape. */
  private static String restored(NodeList nodes, String base, Tensor weight, Tensor values) {
    Emission emission = nodes.emission();
    float[] all = weight.toFloats();
    byte[] bits = new byte[all.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = (byte) (all[i] != 0 ? 1 : 0);
    }
    String place = MaskBits.place(nodes, base, bits);
    String spread = nodes.gather(base + "/spread", emission.constant(values), place);
    return nodes.reshape(base + "/restored", spread, weight.dims());
  }
}
