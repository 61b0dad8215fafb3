package io.compressor.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.graph.Site;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.RoundToNearest;
import io.compressor.solver.block.BlockFitter;
import io.compressor.solver.block.BlockFold;
import io.compressor.solver.block.BlockGrid;
import io.compressor.solver.block.BlockShape;
import io.compressor.solver.block.BlockSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows that share scales and multipliers: written once, right for every row. */
class BandsTest {
  private static QuantizedWeight blocks(Site site, int side, BlockSpec.Scale scale) {
    float[] w = site.weightMatrix();
    for (int i = 0; i < w.length; i++) {
      w[i] *= 1 + i / site.in() / 20; // bands differ
    }
    BlockShape shape = side == 0 ? BlockShape.FULL : BlockShape.square(side);
    BlockGrid grid =
        BlockFitter.fit(
            w, site.out(), site.in(), BlockSpec.ofBits(4, shape, scale, true), Engine.direct());
    return RoundToNearest.quantize(w, BlockFold.fold(grid, 63));
  }

  @ParameterizedTest
  @CsvSource({"96,80,16", "60,37,16", "60,70,32", "96,128,0", "40,33,64"})
  void productsDecode(int in, int out, int side) {
    Model model = Bench.matMul(in, out);
    Site site = Bench.site(model);
    Tensor x = Bench.noise("x", 9, 5, in);
    for (BlockSpec.Scale scale : BlockSpec.Scale.values()) {
      QuantizedWeight weight = blocks(site, side, scale);
      for (Encoding e : List.of(Encodings.TABLE_INT8, Encodings.TABLE_FLOAT)) {
        Model written = Bench.emit(model, e, weight, EmitOptions.none());
        boolean exact = e == Encodings.TABLE_FLOAT;
        float[] expected =
            Bench.run(
                    Bench.restored(model, weight), List.of(exact ? x : Bench.dynamicallyRounded(x)))
                .get(0);
        double error = Bench.error(expected, Bench.run(written, List.of(x)).get(0));
        assertTrue(error < (exact ? 1e-5 : 2e-3), e.id() + " " + scale + ": " + error);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"96,80,16", "60,37,16", "64,70,32", "96,128,0", "40,300,16"})
  void tablesDecodeAndTakeTheBytesOfTheFormula(int in, int out, int side) {
    Model model = Bench.gather(out, in);
    Site site = Bench.site(model);
    Tensor ids = Tensor.ofLongs("x", new long[] {2, 3}, 0, out - 1, 17, -1, -out, 16);
    BlockShape shape = side == 0 ? BlockShape.FULL : BlockShape.square(side);
    for (QuantizedWeight weight : both(site, shape)) {
      Model written = Bench.emit(model, Encodings.TABLE_FLOAT, weight, EmitOptions.none());
      float[] expected = Bench.run(Bench.restored(model, weight), List.of(ids)).get(0);
      assertTrue(Bench.error(expected, Bench.run(written, List.of(ids)).get(0)) < 1e-6);
      if (weight.grid() instanceof BlockGrid grid) {
        long blocks = (long) shape.down(out) * shape.across(in);
        long codes = (long) out * ((in + 1) / 2);
        assertEquals(codes + (blocks < 256 ? 4 : 2) * blocks, Bench.weightBytes(written));
        assertEquals(
            Bench.weightBytes(written),
            BlockBytes.exact(site, grid.table().size(), shape.down(out), shape.across(in)));
      }
    }
  }

  /** Folded and as they are; folded rows of tables have to be whole numbers of blocks. */
  private static List<QuantizedWeight> both(Site site, BlockShape shape) {
    float[] w = site.weightMatrix();
    BlockGrid grid =
        BlockFitter.fit(
            w,
            site.out(),
            site.in(),
            BlockSpec.ofBits(4, shape, BlockSpec.Scale.EXACT, true),
            Engine.direct());
    QuantizedWeight exact = RoundToNearest.quantize(w, grid);
    return site.in() % grid.shape().width() != 0
        ? List.of(exact)
        : List.of(exact, RoundToNearest.quantize(w, BlockFold.fold(grid, 63)));
  }

  @ParameterizedTest
  @CsvSource({"96,80,16,8", "60,37,16,4", "60,70,32,8", "96,128,0,4", "40,300,16,8"})
  void productsOfExactBlocksDecode(int in, int out, int side, int bits) {
    BlockShape shape = side == 0 ? BlockShape.FULL : BlockShape.square(side);
    for (Model model : List.of(Bench.matMul(in, out), Bench.gemm(in, out, 1, true))) {
      Site site = Bench.site(model);
      float[] w = site.weightMatrix();
      BlockGrid grid =
          BlockFitter.fit(
              w,
              out,
              in,
              BlockSpec.ofBits(bits, shape, BlockSpec.Scale.POWER_OF_TWO, false),
              Engine.direct());
      QuantizedWeight weight = RoundToNearest.quantize(w, grid);
      Model written = Bench.emit(model, Encodings.TABLE_FLOAT, weight, EmitOptions.none());
      Tensor x = Bench.noise("x", 9, 5, in);
      float[] expected = Bench.run(Bench.restored(model, weight), List.of(x)).get(0);
      assertTrue(Bench.error(expected, Bench.run(written, List.of(x)).get(0)) < 1e-5);
    }
  }

  @Test
  void neighboursThatDifferAreKeptApart() {
    Model model = Bench.gather(40, 64);
    Site site = Bench.site(model);
    BlockGrid grid =
        BlockFitter.fit(
            site.weightMatrix(),
            40,
            64,
            BlockSpec.ofBits(4, BlockShape.ROW, BlockSpec.Scale.EXACT, true),
            Engine.direct());
    FoldedForm form = FoldedForm.of(BlockFold.fold(grid, 63));
    assertEquals(1, form.band());
    assertEquals(40, form.bands());
  }
}
