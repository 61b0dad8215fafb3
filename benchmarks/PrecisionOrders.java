package io.compressor.pass.precision;

import io.compressor.encoding.Preference;
import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import io.compressor.engine.Progress;
import io.compressor.evaluate.Metrics;
import io.compressor.evaluate.PairedResult;
import io.compressor.formats.data.DataSource;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.data.Datasets;
import io.compressor.formats.onnx.ModelFile;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Model;
import io.compressor.pass.FormChooser;
import io.compressor.pass.PassFiles;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.BadSites;
import io.compressor.pass.weights.WholeModel;
import io.compressor.pass.weights.budget.Split;
import io.compressor.pipeline.BenchKernels;
import io.compressor.recipe.Budget;
import io.compressor.recipe.PrecisionOptions;
import io.compressor.recipe.RecipeSource;
import io.compressor.runtime.Latency;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Stopwatch;
import io.compressor.sensitivity.Curvature;
import io.compressor.sensitivity.Interactions;
import io.compressor.solver.mixed.LevelSearch;
import io.compressor.solver.mixed.PairModel;
import io.compressor.statistics.StatisticsCollector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * All orders of the precision pass on one model in one process: loss and score after each share of
 * the order, what the bisection finds at two limits, and the latency of what it found, raced.
 *
 * <p>usage: MODEL DATA METRIC SAMPLES ROWS LIMIT… (limits are drops of the metric)
 */
public final class PrecisionOrders {
  private static final int POINTS = 12;

  public static void main(String[] args) {
    Path path = Path.of(args[0]);
    ModelFile input = ModelFile.open(path);
    Model model = input.model();
    Dataset data =
        Datasets.open(DataSource.of(Path.of(args[1])).nearModel(path), model.graph().requiredInputs());
    int samples = Integer.parseInt(args[3]);
    int rows = Integer.parseInt(args[4]);
    String with = args.length > 5 && args[5].startsWith("{") ? args[5] : "{ levels: [16, 8], samples: " + samples + ", draws: 16 }";
    PrecisionOptions options =
        (PrecisionOptions)
            RecipeSource.text("recipe: 1\nsteps:\n  - pass: precision\n    with: " + with + "\n", "x")
                .resolve()
                .recipe()
                .steps()
                .get(0)
                .options();
    FormChooser forms = BenchKernels.chooser(model, data);
    try (Engine engine = new LocalEngine(2)) {
      PrecisionPass pass =
          new PrecisionPass(
              options, Preference.SPEED, BadSites.SKIP, Optional.of(args[2]), 0, Budget.NONE);
      Model prepared = pass.prepare(model).model();
      PassScope scope =
          new PassScope(
              model,
              prepared,
              SiteFinder.scan(prepared).sites(),
              List.of(),
              forms,
              Optional.of(data),
              PassFiles.temporary(),
              17,
              engine,
              Progress.NONE);
      var statistics =
          StatisticsCollector.collect(
              prepared, pass.needs(scope), pass.observed(data), 1, engine, Progress.NONE);
      Study study =
          Study.of(
              scope,
              statistics,
              options,
              bits ->
                  new WholeModel(
                      "precision", options.at(bits), Preference.SPEED, true, BadSites.SKIP, 0));
      say("sites %d", study.choices().sites().size());
      Useful useful = new Useful(study.choices(), options);
      boolean[][] levels = useful.levels();
      long t = System.nanoTime();
      Map<String, PairModel> models = models(study, options, levels, scope);
      say("sensitivities took %.0f s", (System.nanoTime() - t) / 1e9);
      Map<String, List<int[]>> orders = new LinkedHashMap<>();
      models.forEach(
          (name, m) -> orders.put(name, new Useful(study.choices(), options(options, "loss")).orders(m, levels, 17)));
      for (int seed = 1; seed <= 3; seed++) {
        orders.put(
            "random-" + seed,
            new Useful(study.choices(), options(options, "random"))
                .orders(models.get("loss"), levels, 1000L * seed));
      }
      orders.put(
          "last-layers",
          new Useful(study.choices(), options(options, "last-layers"))
              .orders(models.get("loss"), levels, 17));
      Dataset held = Split.spread(study.split().heldOut(), rows);
      try (HeldOut heldOut =
          new HeldOut(model, held, Metrics.parse(args[2]), 17, Study.settings(scope))) {
        Search search = new Search(study.emitter(), heldOut, 0, Progress.NONE);
        curves(study, search, orders);
        List<Model> finals = new ArrayList<>();
        List<String> names = new ArrayList<>();
        finals.add(model);
        names.add("fp32");
        int n = study.choices().sites().size();
        int[] all = new int[n];
        for (int i : orders.get("loss").get(0)) {
          all[i] = 1;
        }
        finals.add(study.emitter().model(all));
        names.add("all int8 drop %.3g".formatted(search.score(all).drop().value()));
        for (int a = 5; a < args.length; a++) {
          if (args[a].startsWith("{")) {
            continue;
          }
          double limit = Double.parseDouble(args[a]);
          for (Map.Entry<String, List<int[]>> o : orders.entrySet()) {
            LevelSearch.Gate gate =
                c -> Arrays.stream(c).allMatch(l -> l == 0) || good(search.score(c), limit);
            LevelSearch.Result r = LevelSearch.run(n, o.getValue(), 0, gate, gate);
            int[] c = r.levels().stream().mapToInt(Integer::intValue).toArray();
            String done =
                "%g %s: %d of %d lowered, %d evaluations (bound %d), site ms saved %.4g, drop %.3g"
                    .formatted(
                        limit,
                        o.getKey(),
                        Arrays.stream(c).filter(l -> l > 0).count(),
                        n,
                        r.evaluations(),
                        r.bound(),
                        saved(study.choices(), c),
                        Arrays.stream(c).allMatch(l -> l == 0) ? 0 : search.score(c).drop().value());
            finals.add(study.emitter().model(c));
            names.add(done);
          }
        }
        race(finals, names, data);
      }
    }
  }

  private static boolean good(PairedResult r, double limit) {
    return r.valid() && r.drop().value() <= limit;
  }

  private static Map<String, PairModel> models(
      Study study, PrecisionOptions options, boolean[][] levels, PassScope scope) {
    Map<String, PairModel> models = new LinkedHashMap<>();
    PairModel loss = again(study, options(options, "loss")).model(levels);
    double[][] own = new double[loss.layers()][loss.levels()];
    for (int i = 0; i < own.length; i++) {
      for (int l = 1; l < loss.levels(); l++) {
        own[i][l] = loss.own(i, l);
      }
    }
    SiteMoves moves = new SiteMoves(study.choices(), scope.model(), scope.engine());
    try (Curvature curvature =
        Curvature.open(
            scope.model(),
            study.batched(),
            moves.parameters(),
            Curvature.Method.DIFFERENCE)) {
      models.put(
          "augmented", Interactions.products(curvature, moves, 64, Progress.NONE).withOwn(own));
    }
    models.put("loss", loss);
    models.put("hessian", again(study, options(options, "hessian")).model(levels));
    return models;
  }

  private static Sensitivities again(Study study, PrecisionOptions options) {
    return new Sensitivities(
        study.choices(),
        study.emitter(),
        study.reference(),
        study.batched(),
        options,
        new Sensitivities.PassFacts(
            study.scope().model(),
            new SiteMoves(study.choices(), study.scope().model(), study.scope().engine()),
            17,
            Progress.NONE));
  }

  private static PrecisionOptions options(PrecisionOptions o, String order) {
    return new PrecisionOptions(
        o.levels(),
        PrecisionOptions.Interaction.NONE,
        o.objective(),
        PrecisionOptions.Order.valueOf(order.toUpperCase(Locale.ROOT).replace('-', '_')),
        o.maxDrop(),
        o.metric(),
        o.loss(),
        o.samples(),
        o.polish(),
        o.draws(),
        o.method(),
        o.group(),
        o.activations(),
        o.calibration(),
        o.smooth());
  }

  private static double saved(Choices choices, int[] c) {
    double sum = 0;
    for (int i = 0; i < c.length; i++) {
      sum += choices.millis()[i][0] - choices.millis()[i][c[i]];
    }
    return sum;
  }

  /** Drop and loss after each share of the order, and the area under the drop by saved time. */
  private static void curves(Study study, Search search, Map<String, List<int[]>> orders) {
    for (Map.Entry<String, List<int[]>> o : orders.entrySet()) {
      int[] order = o.getValue().get(0);
      double area = 0;
      double lastSaved = 0;
      double lastDrop = 0;
      StringBuilder line = new StringBuilder(o.getKey());
      for (int p = 1; p <= POINTS; p++) {
        int k = Math.round((float) order.length * p / POINTS);
        int[] c = new int[study.choices().sites().size()];
        for (int i = 0; i < k; i++) {
          c[order[i]] = 1;
        }
        double drop = search.score(c).drop().value();
        double saved = saved(study.choices(), c);
        area += (saved - lastSaved) * (drop + lastDrop) / 2;
        lastSaved = saved;
        lastDrop = drop;
        line.append("\t%d:%.4g:%.4g".formatted(k, saved, drop));
      }
      say("%s\tarea %.5g", line, area / Math.max(1e-9, lastSaved));
    }
  }

  private static void race(List<Model> models, List<String> names, Dataset data) {
    List<RuntimeSession> sessions = new ArrayList<>();
    try {
      models.forEach(m -> sessions.add(RuntimeSession.open(m, SessionSettings.withThreads(1))));
      var feeds = data.batch(0, data.fixedBatch().orElse(1)).inputs();
      List<Latency> times = Stopwatch.rounds(60).race(sessions, feeds);
      for (int i = 0; i < names.size(); i++) {
        Latency l = times.get(i);
        say(
            "%s\t%d bytes\t%.3f ms\tof fp32 %.3f [%.3f-%.3f]",
            names.get(i),
            OnnxWriter.size(models.get(i)),
            l.p50(),
            l.ratio(),
            l.ratioLow(),
            l.ratioHigh());
      }
    } finally {
      sessions.forEach(RuntimeSession::close);
    }
  }

  private static void say(String format, Object... args) {
    System.out.println(String.format(Locale.ROOT, format, args));
  }
}
