package io.compressor.pass.bct;

import io.compressor.encoding.Int8Range;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.rewrite.RowBands;
import io.compressor.recipe.BctOptions;
import io.compressor.solver.Codebook;
import io.compressor.solver.block.BlockShape;
import io.compressor.solver.block.BlockSpec;
import java.util.ArrayList;
import java.util.List;

/** The ways that the options leave open for a site. */
record Candidates(BctOptions options, Int8Range range) {
  /** Numbers of levels that fill 16-bit words, with 6, 5, 4 and 3 codes. */
  private static final List<Integer> LEVELS = List.of(6, 9, 16, 40);

  /** Wide enough for levels to be told apart, narrow enough for multipliers. */
  private static final int TABLE = 63;

  private static final Codebook RARE = Codebook.gaussian(4, TABLE);
  private static final List<Codebook> GAUSSIAN =
      LEVELS.stream().map(n -> Codebook.gaussian(n, TABLE)).toList();
  private static final List<Codebook> INTEGERS =
      LEVELS.stream().map(n -> BlockSpec.integers((n - 1) / 2)).toList();

  private static final List<Integer> SIDES = List.of(16, 32, 64, 128);

  /** At least one; the first is what the options ask for. */
  List<Candidate> of(Site site) {
    List<Candidate> all = new ArrayList<>();
    for (Codebook table : codes(site)) {
      for (BlockShape shape : shapes(site)) {
        BlockSpec spec = new BlockSpec(table, shape, scale(), options.search());
        all.add(Candidate.of(site, spec, isInt8(site)));
      }
    }
    return all;
  }

  private BlockSpec.Scale scale() {
    return options.scale() == BctOptions.Scale.EXACT
        ? BlockSpec.Scale.EXACT
        : BlockSpec.Scale.POWER_OF_TWO;
  }

  private List<Codebook> codes(Site site) {
    int widest = isInt8(site) ? range.limit() : 127; // only an int8 kernel needs room
    int asked = (1 << (options.bits() - 1)) - 1;
    List<Codebook> all = new ArrayList<>();
    if (options.ratio() == 0) {
      all.add(BlockSpec.integers(Math.min(widest, asked)));
    } else {
      boolean gaussian = options.codes() == BctOptions.Codes.GAUSSIAN;
      if (gaussian && RowBands.share(site.name()) < 1) {
        all.add(RARE); // rows that are hardly read
      }
      all.addAll(gaussian ? GAUSSIAN : INTEGERS);
      all.add(BlockSpec.integers(widest));
    }
    return all.stream().distinct().toList();
  }

  private List<BlockShape> shapes(Site site) {
    List<BlockShape> shapes = new ArrayList<>();
    if (options.block().isPresent()) {
      int side = options.block().getAsInt();
      shapes.add(side == 0 ? BlockShape.FULL : BlockShape.square(side));
    } else {
      shapes.add(BlockShape.ROW);
      boolean table = site.kind() == SiteKind.GATHER;
      SIDES.forEach(s -> shapes.add(table ? BlockShape.square(s) : new BlockShape(1, s)));
    }
    return shapes;
  }

  /** Whether blocks are folded into int8 for ONNX Runtime's own kernels. */
  boolean isInt8(Site site) {
    return options.arithmetic() != BctOptions.Multiplication.FLOAT
        && !options.has(BctOptions.Component.MATMUL)
        && isRightProduct(site);
  }

  /** Whether blocks are multiplied as they are, in integers. */
  boolean isInteger(Site site) {
    return options.has(BctOptions.Component.MATMUL) && isRightProduct(site);
  }

  private static boolean isRightProduct(Site site) {
    return site.kind() == SiteKind.GEMM
        || (site.kind() == SiteKind.MATMUL && site.weightInput() == 1);
  }
}
