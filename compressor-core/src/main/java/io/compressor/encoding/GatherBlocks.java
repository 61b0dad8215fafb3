package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.UniformGrid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** ONNX Runtime's {@code GatherBlockQuantized}: an embedding table of 4 or 8 bits in one node. */
final class GatherBlocks implements Encoding {
  private static final int DEFAULT_BLOCK = 32;

  @Override
  public String id() {
    return "gather-blocks";
  }

  @Override
  public Arithmetic arithmetic() {
    return Arithmetic.FLOAT;
  }

  @Override
  public boolean isPortable() {
    return false;
  }

  @Override
  public Optional<String> refuseSite(Site site, QuantSpec spec) {
    if (site.kind() != SiteKind.GATHER) {
      return Optional.of("only embedding tables can be gathered");
    }
    int block = block(spec);
    if (Integer.bitCount(block) != 1 || block < 16 || site.in() % block != 0) {
      return Optional.of(
          "GatherBlockQuantized cannot cut rows of %d into groups of %d"
              .formatted(site.in(), block));
    }
    return Optional.empty();
  }

  @Override
  public GridRequest grid(Site site, QuantSpec spec, EncodingContext context) {
    return GridRequest.uniform(
        new QuantSpec(spec.bits(), block(spec), spec.symmetric(), spec.clipSearch()));
  }

  @Override
  public long bytes(Site site, QuantSpec spec) {
    long blocks = site.in() / block(spec);
    long zeros = spec.symmetric() ? 0 : (blocks * width(spec) + 7) / 8;
    return site.out() * ((long) site.in() * width(spec) / 8 + 4 * blocks + zeros);
  }

  @Override
  public long opset(QuantSpec spec) {
    return 7;
  }

  @Override
  public String minOrtVersion(QuantSpec spec) {
    return "1.23";
  }

  @Override
  public String kernel(Site site) {
    return "GatherBlockQuantized";
  }

  @Override
  public String form(QuantSpec spec) {
    return id();
  }

  @Override
  public void emit(Emission emission, Site site, QuantizedWeight weight, EmitOptions options) {
    if (!(weight.grid() instanceof UniformGrid grid)) {
      throw new IllegalArgumentException("GatherBlockQuantized needs a uniform grid");
    }
    BlockCodes blocks = BlockCodes.of(grid, weight.codes(), 4);
    List<String> table = blocks.constants(emission, site.name(), BlockCodes.Rank.FLAT);
    for (Site use : emission.uses(site)) {
      List<String> inputs = new ArrayList<>(table);
      inputs.add(1, use.input());
      emission
          .editor()
          .replace(
              use.output(),
              List.of(
                  Node.in(
                      "com.microsoft",
                      "GatherBlockQuantized",
                      inputs,
                      List.of(use.output()),
                      Attribute.of("bits", blocks.bits()),
                      Attribute.of("block_size", blocks.block()),
                      Attribute.of("gather_axis", 0),
                      Attribute.of("quantize_axis", 1))));
    }
    emission.editor().requireOpset("com.microsoft", 1);
  }

  /** 2 bits need ONNX Runtime 1.27, so they take 4 as well. */
  private static int width(QuantSpec spec) {
    return spec.bits() <= 4 ? 4 : 8;
  }

  private static int block(QuantSpec spec) {
    return spec.group() == 0 ? DEFAULT_BLOCK : spec.group();
  }
}
