package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.UniformGrid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * ONNX Runtime's {@code MatMulNBits}: 2, 4 or 8 bits in the file and in memory, the best form for
 * one row at a time (decoding).
 *
 * <p>With accuracy level 4 activations are rounded to 8 bits block by block and all widths have
 * fast kernels. Without a level the arithmetic is float32, and only 4 bits have a kernel; the
 * others would be restored to float on every call and are refused.
 */
final class NBits implements Encoding {
  private static final int DEFAULT_BLOCK = 128;
  private static final int SMALLEST = 16;
  private static final int LARGEST = 256;
  private static final int BIAS_INPUT = 5;

  private final Arithmetic arithmetic;

  NBits(Arithmetic arithmetic) {
    this.arithmetic = arithmetic;
  }

  @Override
  public String id() {
    return isExact() ? "nbits-exact" : "nbits";
  }

  @Override
  public Arithmetic arithmetic() {
    return arithmetic;
  }

  @Override
  public boolean isPortable() {
    return false;
  }

  @Override
  public Optional<String> refuseSite(Site site, QuantSpec spec) {
    return Sites.refuseUnlessRightProduct(site)
        .or(() -> refuseBits(spec))
        .or(() -> refuseBlock(spec));
  }

  private Optional<String> refuseBits(QuantSpec spec) {
    int bits = width(spec);
    if (isExact() && bits != 4) {
      return Optional.of(
          "MatMulNBits has no float kernel for %d bits, it would restore the weight on every call"
              .formatted(bits));
    }
    return Optional.empty();
  }

  private static Optional<String> refuseBlock(QuantSpec spec) {
    int block = block(spec);
    boolean fast =
        Integer.bitCount(block) == 1
            && (width(spec) == 2
                ? block >= 32 && block <= 128
                : block >= SMALLEST && block <= LARGEST);
    return fast
        ? Optional.empty()
        : Optional.of(
            "MatMulNBits has no fast kernel for %d bits in groups of %d"
                .formatted(width(spec), block));
  }

  @Override
  public GridRequest grid(Site site, QuantSpec spec, EncodingContext context) {
    return GridRequest.uniform(
        new QuantSpec(spec.bits(), block(spec), spec.symmetric(), spec.clipSearch()));
  }

  @Override
  public long bytes(Site site, QuantSpec spec) {
    int block = BlockCodes.block(site.in(), block(spec));
    long blocks = (site.in() + block - 1L) / block;
    int bits = width(spec);
    long zeros = spec.symmetric() ? 0 : (blocks * bits + 7) / 8;
    return site.out() * (blocks * ((long) block * bits / 8 + 4) + zeros);
  }

  @Override
  public long opset(QuantSpec spec) {
    return 7;
  }

  @Override
  public String minOrtVersion(QuantSpec spec) {
    return switch (width(spec)) {
      case 2 -> "1.28";
      case 8 -> "1.22";
      default -> "1.20";
    };
  }

  @Override
  public String kernel(Site site) {
    return "MatMulNBits";
  }

  @Override
  public String form(QuantSpec spec) {
    return "%s-b%d-g%d".formatted(id(), width(spec), block(spec));
  }

  @Override
  public void emit(Emission emission, Site site, QuantizedWeight weight, EmitOptions options) {
    if (!(weight.grid() instanceof UniformGrid grid)) {
      throw new IllegalArgumentException("MatMulNBits needs a uniform grid");
    }
    BlockCodes blocks = BlockCodes.of(grid, weight.codes(), 2);
    List<String> weights = blocks.constants(emission, site.name(), BlockCodes.Rank.BY_BLOCK);
    for (Site use : emission.rightProducts(site)) {
      List<String> inputs = new ArrayList<>();
      inputs.add(emission.input(use.input(), options));
      inputs.addAll(weights);
      emission
          .ownBias(use)
          .ifPresent(
              b -> {
                while (inputs.size() < BIAS_INPUT) {
                  inputs.add("");
                }
                inputs.add(b);
              });
      emission.editor().replace(use.output(), List.of(node(use, blocks, inputs)));
    }
    emission.editor().requireOpset("com.microsoft", 1);
  }

  private Node node(Site use, BlockCodes blocks, List<String> inputs) {
    return Node.in(
        "com.microsoft",
        "MatMulNBits",
        inputs,
        List.of(use.output()),
        Attribute.of("K", use.in()),
        Attribute.of("N", use.out()),
        Attribute.of("bits", blocks.bits()),
        Attribute.of("block_size", blocks.block()),
        Attribute.of("accuracy_level", isExact() ? 0 : 4));
  }

  private boolean isExact() {
    return arithmetic == Arithmetic.FLOAT;
  }

  /** The width that the kernel has: codes of 3 bits take 4, of 5 to 7 bits 8. */
  static int width(QuantSpec spec) {
    return BlockCodes.width(spec.bits());
  }

  private static int block(QuantSpec spec) {
    return spec.group() == 0 ? DEFAULT_BLOCK : spec.group();
  }
}
