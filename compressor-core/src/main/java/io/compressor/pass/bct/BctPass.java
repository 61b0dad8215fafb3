package io.compressor.pass.bct;

import io.compressor.encoding.EncodingContext;
import io.compressor.encoding.Float16Vectors;
import io.compressor.encoding.IntegerGraph;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.Skipped;
import io.compressor.graph.rewrite.RowBands;
import io.compressor.ir.Model;
import io.compressor.pass.Pass;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassPlan;
import io.compressor.pass.PassScope;
import io.compressor.pass.PlannedSite;
import io.compressor.pass.Prepared;
import io.compressor.pass.SiteDecision;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.pass.weights.Writing;
import io.compressor.recipe.BctOptions;
import io.compressor.solver.QuantSpec;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.importance.AttentionFinder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Compresses all tensors in blocks, from the weights alone: measures what every way of cutting a
 * tensor would lose, spends the bytes where they lower the sum of relative errors most, writes.
 *
 * <p>Source: Dong and Chen, BCT (arXiv 2304.01483); the choice per tensor is ours.
 */
public record BctPass(BctOptions options) implements Pass {
  /** Below this a scale and a table cost about what the codes save. */
  private static final long SMALLEST = 1024;

  /** Longest vector that is a bias or a norm's parameter. */
  private static final int LONGEST_VECTOR = 1 << 16;

  /** Nodes differ between choices, so what they leave for codes is found by trying. */
  private static final int ATTEMPTS = 6;

  private static final int MARGIN = 256;

  /** What the integer parts are written in. */
  private static final long INTEGER_OPSET = 11;

  /** Blocks of activations where each weight has its own shape. */
  private static final int AUTO_WIDTH = 64;

  /** Bytes kept free for what the pipeline notes in the file's metadata. */
  private static final int PROVENANCE = 512;

  @Override
  public String id() {
    return "bct";
  }

  @Override
  public Prepared prepare(Model model) {
    return Prepared.asIs(new RowBands(options.bands()).apply(model).model());
  }

  @Override
  public PassOutcome run(PassScope scope, ActivationStatistics statistics) {
    List<Skipped> skipped = new ArrayList<>();
    List<Site> sites = sites(scope, skipped);
    if (sites.isEmpty() && (quantized(scope).isPresent() || integers().isEmpty())) {
      return untouched(scope, skipped);
    }
    BlockSolver solver = solver(scope);
    Allocation allocation = Allocation.measure(sites, solver, scope.engine(), scope.progress());
    long target =
        options.ratio() == 0
            ? Long.MAX_VALUE
            : (long) (OnnxWriter.size(scope.model()) / options.ratio()) - PROVENANCE;
    Attempt best = attempts(scope, sites, solver, allocation, target);
    return new PassOutcome(
        best.model(),
        best.solved().stream().map(this::decision).toList(),
        skipped,
        warnings(scope.model(), best, target));
  }

  private static PassOutcome untouched(PassScope scope, List<Skipped> skipped) {
    String why = skipped.isEmpty() ? "it has no weights" : skipped.get(0).reason();
    return new PassOutcome(
        scope.model(), List.of(), skipped, List.of("bct left the model as it is: " + why));
  }

  private record Attempt(
      Model model, List<SolvedSite> solved, long bytes, Map<IntegerGraph.Part, Integer> replaced) {}

  /** What is to be computed in integers. */
  private Set<IntegerGraph.Part> integers() {
    Set<IntegerGraph.Part> parts = EnumSet.noneOf(IntegerGraph.Part.class);
    for (IntegerGraph.Part part : IntegerGraph.Part.values()) {
      if (options.has(BctOptions.Component.valueOf(part.name()))) {
        parts.add(part);
      }
    }
    return parts;
  }

  private IntegerGraph.Result withIntegers(Model written) {
    return integers().isEmpty() || written.opset() < INTEGER_OPSET
        ? new IntegerGraph.Result(written, Map.of())
        : IntegerGraph.rewrite(written, integers(), options.block().orElse(AUTO_WIDTH));
  }

  /** What the nodes and vectors take is known once they are written. */
  private Attempt attempts(
      PassScope scope, List<Site> sites, BlockSolver solver, Allocation allocation, long target) {
    Map<String, SolvedSite> known = new LinkedHashMap<>();
    if (target == Long.MAX_VALUE) {
      return attempt(scope, sites, solver, allocation.first(), known);
    }
    long room = target - (target >> 6);
    Attempt best = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      Attempt now = attempt(scope, sites, solver, allocation.within(room), known);
      best = best == null || isBetter(now.bytes(), best.bytes(), target) ? now : best;
      long left = target - now.bytes();
      if (left >= 0 && left < target >> 12) {
        break;
      }
      room += left - (long) MARGIN * (i + 1);
    }
    return Objects.requireNonNull(best);
  }

  /** The largest that fits, else the smallest. */
  private static boolean isBetter(long now, long best, long target) {
    return now <= target ? best > target || now > best : best > target && now < best;
  }

  private Attempt attempt(
      PassScope scope,
      List<Site> sites,
      BlockSolver solver,
      List<Candidate> chosen,
      Map<String, SolvedSite> known) {
    List<Integer> all = java.util.stream.IntStream.range(0, sites.size()).boxed().toList();
    List<SolvedSite> solved =
        scope
            .engine()
            .map(
                all,
                i -> {
                  scope.progress().checkCancelled();
                  SolvedSite before = known.get(sites.get(i).name());
                  return before != null && before.method().equals(chosen.get(i).words())
                      ? before
                      : solver.solve(sites.get(i), chosen.get(i));
                });
    solved.forEach(s -> known.put(s.task().site().name(), s));
    IntegerGraph.Result written = withIntegers(Writing.weights(scope.model(), solved));
    Model whole =
        options.vectors() == 16
            ? Float16Vectors.store(written.model(), LONGEST_VECTOR)
            : written.model();
    return new Attempt(whole, solved, OnnxWriter.size(whole), written.replaced());
  }

  private List<String> warnings(Model model, Attempt best, long target) {
    List<String> warnings = new ArrayList<>();
    if (AttentionFinder.find(model).isEmpty()) {
      warnings.add("bct found no transformer block: only weights and embedding tables are coded");
    }
    best.replaced()
        .forEach(
            (part, count) -> {
              if (count == 0 && part != IntegerGraph.Part.MATMUL) {
                warnings.add(
                    "components asks for %s in integers, but the model has none that bct knows"
                        .formatted(part.name().toLowerCase(Locale.ROOT)));
              }
            });
    if (best.bytes() > target) {
      warnings.add(
          "the file has %d bytes, more than the %d that ratio %s asks for: even the smallest codes"
                  .formatted(best.bytes(), target, options.ratio())
              + " do not make it smaller");
    }
    return warnings;
  }

  private List<Site> sites(PassScope scope, List<Skipped> skipped) {
    BlockSolver solver = solver(scope);
    EncodingContext context = scope.forms().probe().context();
    List<Site> sites = new ArrayList<>();
    Optional<String> quantized = quantized(scope);
    for (Site site : scope.sites()) {
      Optional<String> refused =
          quantized.isPresent()
              ? quantized
              : site.parameters() < SMALLEST
                  ? Optional.of("only " + site.parameters() + " weights: nothing to gain")
                  : !options.has(component(site))
                      ? Optional.of("components leaves it out")
                      : solver
                          .encoding(site)
                          .refuse(site, new QuantSpec(4, 0, true, false), context);
      refused.ifPresentOrElse(r -> skipped.add(new Skipped(site.name(), r)), () -> sites.add(site));
    }
    return sites;
  }

  private static Optional<String> quantized(PassScope scope) {
    return scope.skipped().stream()
        .filter(s -> s.reason().startsWith("already quantized"))
        .findFirst()
        .map(s -> "the model is quantized already (%s: %s)".formatted(s.name(), s.reason()));
  }

  private static BctOptions.Component component(Site site) {
    return site.kind() == SiteKind.GATHER
        ? BctOptions.Component.EMBEDDINGS
        : BctOptions.Component.WEIGHTS;
  }

  private BlockSolver solver(PassScope scope) {
    return new BlockSolver(new Candidates(options, scope.forms().probe().context().int8Range()));
  }

  private SiteDecision decision(SolvedSite solved) {
    Site site = solved.task().site();
    QuantSpec spec = solved.task().grid().spec();
    return new SiteDecision(
        site,
        id(),
        solved.method(),
        solved.task().choice().encoding().id(),
        solved.task().choice().encoding().kernel(site),
        solved.task().choice().encoding().minOrtVersion(spec),
        site.weight().byteCount(),
        solved.task().choice().bytes(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        "",
        List.of());
  }

  @Override
  public PassPlan plan(PassScope scope) {
    List<Skipped> skipped = new ArrayList<>();
    BlockSolver solver = solver(scope);
    List<PlannedSite> planned = new ArrayList<>();
    for (Site site : sites(scope, skipped)) {
      Candidate first = solver.candidates().of(site).get(0);
      planned.add(
          new PlannedSite(
              site,
              options.ratio() == 0 ? first.words() : "as the ratio allows",
              solver.encoding(site).id(),
              solver.encoding(site).kernel(site),
              options.ratio() == 0
                  ? first.bytes()
                  : (long) (site.weight().byteCount() / options.ratio()),
              12 * site.parameters(),
              OptionalDouble.empty(),
              OptionalDouble.empty(),
              ""));
    }
    return new PassPlan(planned, skipped);
  }
}
