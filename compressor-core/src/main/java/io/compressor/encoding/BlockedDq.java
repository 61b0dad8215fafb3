package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.UniformGrid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Standard ONNX only: a 4- or 8-bit weight [in, out] behind a blocked DequantizeLinear of opset 21.
 * In this layout (axis 0, in front of a MatMul, or of a Gemm with transB = 0) ONNX Runtime turns it
 * into {@code MatMulNBits} at load; other layouts would be restored on every call.
 */
final class BlockedDq implements Encoding {
  private static final int DEFAULT_BLOCK = 128;

  @Override
  public String id() {
    return "dq-blocked";
  }

  /** Fused, it rounds activations to 8 bits: ONNX Runtime's default accuracy level for it is 4. */
  @Override
  public Arithmetic arithmetic() {
    return Arithmetic.DYNAMIC_INT8;
  }

  @Override
  public boolean isPortable() {
    return true;
  }

  @Override
  public Optional<String> refuseSite(Site site, QuantSpec spec) {
    int block = block(spec);
    if (Integer.bitCount(block) != 1 || block < 16 || block > 256 || site.in() % block != 0) {
      return Optional.of(
          "a blocked DequantizeLinear cannot cut %d inputs into groups of %d that fuse"
              .formatted(site.in(), block));
    }
    return Sites.refuseUnlessRightProduct(site);
  }

  @Override
  public GridRequest grid(Site site, QuantSpec spec, EncodingContext context) {
    return GridRequest.uniform(
        new QuantSpec(spec.bits(), block(spec), spec.symmetric(), spec.clipSearch()));
  }

  @Override
  public long bytes(Site site, QuantSpec spec) {
    int bits = width(spec.bits());
    long groups = (long) site.out() * (site.in() / block(spec));
    long zeros = spec.symmetric() ? 0 : (groups * bits + 7) / 8;
    return (site.parameters() * bits + 7) / 8 + 4 * groups + zeros;
  }

  @Override
  public long opset(QuantSpec spec) {
    return 21;
  }

  @Override
  public String minOrtVersion(QuantSpec spec) {
    return width(spec.bits()) == 4 ? "1.20" : "1.25";
  }

  @Override
  public String kernel(Site site) {
    return "MatMulNBits";
  }

  @Override
  public String form(QuantSpec spec) {
    return "%s-b%d-g%d".formatted(id(), width(spec.bits()), block(spec));
  }

  @Override
  public void emit(Emission emission, Site site, QuantizedWeight weight, EmitOptions options) {
    if (!(weight.grid() instanceof UniformGrid grid)) {
      throw new IllegalArgumentException("a blocked DequantizeLinear needs a uniform grid");
    }
    FoldedForm.requireFinite(grid.scales());
    List<String> inputs = constants(emission, site, grid, weight.codes());
    emission.replaceWithInFirst(
        site,
        options,
        use -> {
          NodeList nodes = new NodeList(emission);
          String restored =
              nodes.add(
                  site.name() + "/weight",
                  "DequantizeLinear",
                  inputs,
                  Attribute.of("axis", 0),
                  Attribute.of("block_size", grid.group()));
          emission.inFront(nodes);
          return restored;
        });
  }

  /** Codes [in, out], scales and, unless all are the middle, zero points [groups, out]. */
  private static List<String> constants(
      Emission emission, Site site, UniformGrid grid, byte[] codes) {
    boolean signed = isCentred(grid);
    int bits = width(grid.bits());
    ElementType type =
        bits == 4
            ? signed ? ElementType.INT4 : ElementType.UINT4
            : signed ? ElementType.INT8 : ElementType.UINT8;
    int offset = signed ? 1 << (grid.bits() - 1) : 0;
    String base = site.name();
    var byGroup = new io.compressor.graph.WeightLayout(grid.rows(), grid.groups(), true);
    long[] groupDims = {grid.groups(), grid.rows()};
    List<String> names = new ArrayList<>();
    names.add(
        emission.constant(
            Tensor.ofBytes(
                base + "/codes",
                type,
                new long[] {grid.cols(), grid.rows()},
                packed(Sites.inFirst(site).toStored(codes), bits, offset))));
    names.add(
        emission.constant(
            Tensor.ofFloats(base + "/scales", groupDims, byGroup.toStored(grid.scales()))));
    if (!signed) {
      names.add(
          emission.constant(
              Tensor.ofBytes(
                  base + "/zeros",
                  type,
                  groupDims,
                  packed(byGroup.toStored(grid.zeros()), bits, 0))));
    }
    return names;
  }

  private static boolean isCentred(UniformGrid grid) {
    for (byte z : grid.zeros()) {
      if ((z & 0xff) != 1 << (grid.bits() - 1)) {
        return false;
      }
    }
    return true;
  }

  private static byte[] packed(byte[] codes, int bits, int offset) {
    int perByte = 8 / bits;
    int mask = (1 << bits) - 1;
    byte[] packed = new byte[(codes.length + perByte - 1) / perByte];
    for (int i = 0; i < codes.length; i++) {
      int value = ((codes[i] & 0xff) - offset) & mask;
      packed[i / perByte] |= (byte) (value << (i % perByte * bits));
    }
    return packed;
  }

  private static int width(int bits) {
    return bits <= 4 ? 4 : 8;
  }

  private static int block(QuantSpec spec) {
    return spec.group() == 0 ? DEFAULT_BLOCK : spec.group();
  }
}
