package io.compressor.pass.reste;

import io.compressor.encoding.EncodingChoice;
import io.compressor.encoding.GridFamily;
import io.compressor.encoding.GridRequest;
import io.compressor.encoding.Preference;
import io.compressor.encoding.activation.StaticPlan;
import io.compressor.formats.data.Dataset;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.rewrite.FoldAffineIntoProducer;
import io.compressor.ir.Model;
import io.compressor.pass.PassScope;
import io.compressor.pass.SiteDecision;
import io.compressor.pass.weights.Assignment;
import io.compressor.pass.weights.BadSites;
import io.compressor.pass.weights.SiteTask;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.pass.weights.WholeModel;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.solver.Codebook;
import io.compressor.solver.FoldedGrid;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.StatisticsCollector;
import io.compressor.statistics.StatisticsRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes binary weights as codes of one bit, in the form in which they run fastest. */
final class BinaryWriter {
  private static final int SAMPLES = 1024;
  private static final int BATCH = 16;

  private final PassScope scope;
  private final BinarySites sites;
  private final boolean int8;
  private final Dataset data;

  /**
   * @param int8 whether float activations in front of binary weights are rounded to 8 bits
   */
  BinaryWriter(PassScope scope, BinarySites sites, boolean int8) {
    this.scope = scope;
    this.sites = sites;
    this.int8 = int8;
    Dataset all = scope.calibration().orElseThrow();
    int count = Math.min(all.size(), SAMPLES);
    this.data =
        all.select(
            IntStream.range(0, count).map(i -> (int) ((long) i * all.size() / count)).toArray());
  }

  /** What was written. */
  record Written(Model model, List<SiteDecision> decisions) {}

  /**
   * @param plain the model in its own form, binary weights as floats ±α
   * @param simulated the model as it learnt, with signs as nodes
   * @param factors by site name, α of each output
   */
  Written write(Model plain, Model simulated, Map<String, float[]> factors) {
    Map<String, BinaryForms.Form> forms =
        new BinaryForms(sites, int8, request -> collect(simulated, request)).choose(factors);
    Model folded = new FoldAffineIntoProducer().apply(plain).model();
    Map<String, Site> found =
        SiteFinder.scan(folded).sites().stream()
            .collect(Collectors.toMap(s -> s.weight().name(), Function.identity(), (a, b) -> a));
    List<SolvedSite> solved = new ArrayList<>();
    for (Site before : sites.binary()) {
      Site site = now(before, found);
      BinaryForms.Form form = Objects.requireNonNull(forms.get(before.name()));
      solved.add(solved(site, form));
    }
    PassScope written =
        new PassScope(
            scope.original(),
            folded,
            solved.stream().map(s -> s.task().site()).toList(),
            scope.skipped(),
            scope.forms(),
            scope.calibration(),
            scope.files(),
            scope.seed(),
            scope.engine(),
            scope.progress());
    Assignment assignment =
        new Assignment(
            solved.stream()
                .map(s -> new Assignment.Assigned(s.task().site(), s.task().choice()))
                .toList(),
            List.of());
    WholeModel whole =
        new WholeModel("reste", OPTIONS, Preference.SIZE, true, BadSites.skipping(false), 0);
    Model model =
        whole
            .write(
                written,
                new WholeModel.Solved(assignment, solved),
                ranges(folded, assignment),
                Map.of(),
                List.of())
            .model();
    return new Written(model, decisions(solved));
  }

  /** Folding a norm gives the layer a new weight under a name derived from the old one. */
  private static Site now(Site before, Map<String, Site> found) {
    Site same = found.get(before.weight().name());
    if (same != null) {
      return same;
    }
    return found.values().stream()
        .filter(s -> s.node().name().equals(before.node().name()) && !s.node().name().isEmpty())
        .findFirst()
        .or(() -> found.values().stream().filter(s -> s.input().equals(before.input())).findFirst())
        .orElseThrow();
  }

  private ActivationStatistics collect(Model model, StatisticsRequest request) {
    return StatisticsCollector.collect(
        model, request, data, data.fixedBatch().orElse(BATCH), scope.engine(), scope.progress());
  }

  private ActivationStatistics ranges(Model folded, Assignment assignment) {
    List<Site> fixed = assignment.staticSites();
    Set<String> ranges =
        fixed.isEmpty() ? Set.of() : StaticPlan.of(new GraphIndex(folded), fixed).ranges();
    return collect(folded, StatisticsRequest.none().histograms(ranges));
  }

  private static final QuantizeOptions OPTIONS =
      new QuantizeOptions(
          QuantizeOptions.Method.RTN,
          2,
          0,
          true,
          false,
          QuantizeOptions.Activations.AUTO,
          QuantizeOptions.Calibration.PERCENTILE,
          0,
          false,
          0,
          0,
          false,
          List.of());

  private static SolvedSite solved(Site site, BinaryForms.Form form) {
    float[] w = site.weightMatrix();
    int cols = site.in();
    byte[] codes = new byte[w.length];
    float[] scales = new float[site.out()];
    for (int r = 0; r < site.out(); r++) {
      scales[r] = Math.max(Math.abs(w[r * cols]), Float.MIN_NORMAL);
      for (int i = r * cols; i < (r + 1) * cols; i++) {
        codes[i] = (byte) (w[i] >= 0 ? 1 : 0);
      }
    }
    byte[] ones = new byte[site.out()];
    Arrays.fill(ones, (byte) 1);
    FoldedGrid grid =
        new FoldedGrid(site.out(), cols, cols, new Codebook(new byte[] {-1, 1}), 0, scales, ones);
    QuantSpec spec = OPTIONS.spec();
    long bytes = (w.length + 7L) / 8 + 4L * site.out();
    EncodingChoice choice =
        new EncodingChoice(
            form.encoding(),
            new GridRequest(GridFamily.FOLDED, spec, 1),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            bytes,
            form.reason());
    SiteTask task =
        new SiteTask(site, choice, Optional.empty(), Optional.empty(), Optional.empty());
    return new SolvedSite(
        task,
        new QuantizedWeight(grid, codes),
        "reste",
        Optional.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        List.of());
  }

  private List<SiteDecision> decisions(List<SolvedSite> solved) {
    List<SiteDecision> made = new ArrayList<>();
    for (int i = 0; i < solved.size(); i++) {
      Site site = sites.binary().get(i);
      EncodingChoice choice = solved.get(i).task().choice();
      String name = site.name();
      made.add(
          new SiteDecision(
              site,
              "reste",
              sites.signed().contains(name) ? "1-bit weights and inputs" : "1-bit weights",
              choice.encoding().id(),
              choice.encoding().kernel(site),
              choice.encoding().minOrtVersion(OPTIONS.spec()),
              site.weight().byteCount(),
              choice.bytes(),
              OptionalDouble.empty(),
              OptionalDouble.empty(),
              OptionalDouble.empty(),
              OptionalDouble.empty(),
              choice.reason(),
              sites.kept().stream()
                  .filter(k -> k.name().equals(name))
                  .map(k -> "its input stays as it is: " + k.reason())
                  .toList()));
    }
    return made;
  }
}
