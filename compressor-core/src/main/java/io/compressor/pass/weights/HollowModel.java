package io.compressor.pass.weights;

import io.compressor.encoding.Arithmetic;
import io.compressor.encoding.GridFamily;
import io.compressor.encoding.GridRequest;
import io.compressor.encoding.activation.StaticPlan;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Model;
import io.compressor.pass.PassScope;
import io.compressor.solver.Codebook;
import io.compressor.solver.FoldedScales;
import io.compressor.solver.Grid;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.UniformGrid;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.Histogram;
import io.compressor.statistics.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A model as it will be written but for the numbers in it: all nodes, tables and sizes, found
 * without reading a weight, so that a plan can tell the bytes of the file.
 */
final class HollowModel {
  /**
   * Weights with more elements together would make a plan slow; nodes hardly count in their files.
   */
  private static final long MOST = 1L << 27;

  private static final int BINS = 16;

  /** Different scales; a prime, so that neighbours differ. */
  private static final int STEPS = 1021;

  private HollowModel() {}

  /**
   * @return empty for forms whose size is not known before they are solved, and for large models
   */
  static Optional<Model> of(WholeModel whole, PassScope scope, Assignment assignment) {
    long elements = assignment.sites().stream().mapToLong(Site::parameters).sum();
    boolean known =
        assignment.assigned().stream()
            .allMatch(a -> a.choice().grid().family() != GridFamily.VECTOR);
    if (elements > MOST || !known || assignment.assigned().isEmpty()) {
      return Optional.empty();
    }
    Map<String, float[]> ones = new LinkedHashMap<>();
    List<SolvedSite> solved = new ArrayList<>();
    for (Assignment.Assigned a : assignment.assigned()) {
      solved.add(hollow(whole, a, ones, solved.size()));
    }
    return Optional.of(
        whole
            .write(
                scope,
                new WholeModel.Solved(assignment, solved),
                ranges(scope.model(), assignment),
                Map.of(),
                List.of())
            .model());
  }

  private static SolvedSite hollow(
      WholeModel whole, Assignment.Assigned a, Map<String, float[]> ones, int number) {
    Site site = a.site();
    boolean linear = site.kind() == SiteKind.MATMUL || site.kind() == SiteKind.GEMM;
    boolean smoothed =
        whole.options().smooth() > 0
            && whole.hasData()
            && linear
            && !site.isShared()
            && a.choice().encoding().arithmetic() == Arithmetic.DYNAMIC_INT8;
    Optional<float[]> smoothing =
        smoothed
            ? Optional.of(ones.computeIfAbsent(site.input(), k -> ones(site.in())))
            : Optional.empty();
    return new SolvedSite(
        new SiteTask(site, a.choice(), smoothing, Optional.empty(), Optional.empty()),
        new QuantizedWeight(grid(site, a.choice().grid(), number), codes(site, number)),
        "",
        Optional.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        List.of());
  }

  private static float[] ones(int n) {
    float[] s = new float[n];
    Arrays.fill(s, 1);
    return s;
  }

  /** Equal constants are written once; these differ between sites. */
  private static byte[] codes(Site site, int number) {
    byte[] codes = new byte[Math.toIntExact(site.parameters())];
    for (int i = 0; i < Math.min(Integer.SIZE, codes.length); i++) {
      codes[i] = (byte) (number >> i & 1);
    }
    return codes;
  }

  /** Some grid of the kind that is asked for, in which neither rows nor sites are alike. */
  private static Grid grid(Site site, GridRequest request, int number) {
    int rows = site.out();
    int cols = site.in();
    int bits = request.spec().bits();
    int group = request.spec().groupSize(cols);
    float[] scales = new float[rows * request.spec().groups(cols)];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = 1 + (i * (2 * number + 1) + number) % STEPS / (float) STEPS;
    }
    if (request.family() == GridFamily.UNIFORM) {
      byte[] zeros = new byte[scales.length];
      Arrays.fill(zeros, (byte) (1 << (bits - 1)));
      return new UniformGrid(rows, cols, bits, group, scales, zeros);
    }
    Codebook table =
        bits <= 6
            ? unlike(Codebook.gaussian(1 << bits, request.limit()), number)
            : Codebook.uniform(bits);
    return FoldedScales.fold(scales, rows, cols, group, table, 1, request.limit());
  }

  /** Inner codewords moved a little, for learnt tables hardly ever agree. */
  private static Codebook unlike(Codebook table, int number) {
    byte[] levels = table.levels();
    for (int i = 1, rest = number; i + 1 < levels.length; i++, rest >>= 2) {
      int moved = levels[i] + (rest & 3);
      levels[i] = moved < levels[i + 1] ? (byte) moved : levels[i];
    }
    return new Codebook(levels);
  }

  /** Ranges of the values that will have fixed ones. */
  private static ActivationStatistics ranges(Model model, Assignment assignment) {
    Map<String, Range> ranges = new LinkedHashMap<>();
    Map<String, Histogram> histograms = new LinkedHashMap<>();
    long[] counts = new long[BINS];
    Arrays.fill(counts, 1);
    for (String value : StaticPlan.of(new GraphIndex(model), assignment.staticSites()).ranges()) {
      ranges.put(value, new Range(0, 1, BINS));
      histograms.put(value, new Histogram(0, 1, counts));
    }
    return new ActivationStatistics(ranges, Map.of(), Map.of(), Map.of(), histograms, List.of());
  }
}
