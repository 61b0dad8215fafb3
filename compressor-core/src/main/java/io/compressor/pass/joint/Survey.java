package io.compressor.pass.joint;

import io.compressor.encoding.Arithmetic;
import io.compressor.engine.Progress;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.BiasShift;
import io.compressor.recipe.Treatment;
import io.compressor.sensitivity.Replacements;
import io.compressor.solver.allocate.Option;
import io.compressor.solver.allocate.OptionCurve;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What each item loses at the model's outputs, every other site being as it is, and what it stores.
 *
 * <p>Weights are replaced in float, and only what follows them is run; what rounded activations
 * lose is added: it is measured once a site, on the model written with that site alone in its
 * widest codes. Bytes are those that a file with that site alone treated has less.
 */
final class Survey {
  /** Two factors round two inputs. */
  private static final int HALVES = 2;

  /** A number that can be added up, where a model gave none. */
  private static final double BROKEN = 1e6;

  private final PassScope scope;
  private final Stock stock;
  private final Writer writer;
  private final Sample sample;
  private final Map<String, Integer> places = new LinkedHashMap<>();
  private final double[] activations;
  private final long[][] bytes;

  Survey(PassScope scope, Stock stock, Writer writer, Sample sample) {
    this.scope = scope;
    this.stock = stock;
    this.writer = writer;
    this.sample = sample;
    this.activations = new double[stock.offers().size()];
    this.bytes = new long[activations.length][];
    for (int i = 0; i < activations.length; i++) {
      places.put(stock.offers().get(i).site().name(), i);
    }
  }

  /** Loss of a configuration as written. */
  double written(int[] chosen) {
    return written(writer.model(stock.chosen(chosen)));
  }

  /** The same of a model that is written already. */
  double written(Model model) {
    return sample.single().distance(model);
  }

  /** Curves with all other sites as they are in the original. */
  List<OptionCurve> curves() {
    long plain = OnnxWriter.size(scope.model());
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = new long[stock.size(i)];
      long weight = stock.offers().get(i).site().weight().byteCount();
      for (int o = 0; o < bytes[i].length; o++) {
        bytes[i][o] =
            o == 0
                ? weight
                : Math.max(0, OnnxWriter.size(writer.model(stock.alone(i, o))) - plain + weight);
      }
    }
    double[][] errors = simulated(scope.model(), new int[bytes.length]);
    Progress progress = scope.progress();
    progress.begin("rounded activations", errors.length);
    for (int i = 0; i < errors.length; i++) {
      progress.checkCancelled();
      activations[i] = activations(i, errors[i]);
      progress.advance(1);
    }
    return curves(errors);
  }

  /** Curves with all other sites as they are in a configuration: what moving one of them adds. */
  List<OptionCurve> around(int[] chosen) {
    Map<String, Tensor> changed = new LinkedHashMap<>(scope.model().graph().initializers());
    GraphIndex index = new GraphIndex(scope.model());
    for (int i = 0; i < chosen.length; i++) {
      values(index, i, chosen[i])
          .forEach(
              (name, v) -> {
                Tensor old = changed.get(name);
                if (old != null) {
                  changed.put(name, Tensor.ofFloats(name, old.dims(), v));
                }
              });
    }
    Model context = scope.model().withGraph(scope.model().graph().withInitializers(changed));
    double[][] errors = simulated(context, chosen);
    for (int i = 0; i < errors.length; i++) {
      double now = errors[i][chosen[i]];
      for (int o = 0; o < errors[i].length; o++) {
        errors[i][o] -= Double.isFinite(now) ? now : 0;
      }
    }
    return curves(errors);
  }

  private List<OptionCurve> curves(double[][] errors) {
    List<OptionCurve> curves = new ArrayList<>();
    for (int i = 0; i < errors.length; i++) {
      List<Option> options = new ArrayList<>();
      for (int o = 0; o < errors[i].length; o++) {
        Item item = stock.offers().get(i).items().get(o);
        double error = errors[i][o] + rounded(item) * activations[i];
        options.add(
            new Option(Double.isFinite(error) ? error : BROKEN, bytes[i][o], item.millis()));
      }
      curves.add(new OptionCurve(stock.offers().get(i).site().name(), options));
    }
    return curves;
  }

  /** How many inputs an item rounds. */
  private static int rounded(Item item) {
    boolean rounds =
        item.coded().stream().anyMatch(a -> a.choice().encoding().arithmetic() != Arithmetic.FLOAT);
    return rounds ? item.halves().isPresent() ? HALVES : 1 : 0;
  }

  /** [site][item], NaN where only a written model could tell. */
  private double[][] simulated(Model model, int[] context) {
    double[][] errors = new double[activations.length][];
    for (int i = 0; i < errors.length; i++) {
      errors[i] = new double[stock.size(i)];
      Arrays.fill(errors[i], Double.NaN);
    }
    GraphIndex index = new GraphIndex(scope.model());
    Map<String, Set<String>> constants = new LinkedHashMap<>();
    List<Site> sites = stock.sites().stream().filter(s -> isConstant(model, s)).toList();
    sites.forEach(s -> constants.put(s.name(), constants(index, s)));
    scope.progress().begin("option curves", errors.length);
    Replacements.visit(
        model,
        sites,
        constants,
        sample.batched(),
        (site, loss) -> {
          int i = places.getOrDefault(site.name(), 0);
          for (int o = 0; o < errors[i].length; o++) {
            scope.progress().checkCancelled();
            boolean untouched = o == 0 && Arrays.stream(context).allMatch(c -> c == 0);
            errors[i][o] = untouched ? 0 : loss.of(values(index, i, o));
          }
          scope.progress().advance(1);
        });
    for (int i = 0; i < errors.length; i++) {
      if (Double.isNaN(errors[i][0])) {
        asWritten(i, context, errors[i]);
      }
    }
    return errors;
  }

  private void asWritten(int i, int[] context, double[] errors) {
    for (int o = 0; o < errors.length; o++) {
      scope.progress().checkCancelled();
      int[] one = context.clone();
      one[i] = o;
      errors[o] = Arrays.stream(one).allMatch(c -> c == 0) ? 0 : written(one);
    }
  }

  /** The site's constants as an item makes them, in stored order. */
  private Map<String, float[]> values(GraphIndex index, int i, int place) {
    Chosen one = stock.at(i, place);
    Site site = one.site();
    Map<String, float[]> values = new LinkedHashMap<>();
    float[] w = one.piece().matrix(site, one.item(), scope.engine());
    values.put(site.weight().name(), site.layout().toStored(w));
    double[] none = new double[site.out()];
    BiasShift.shifted(index, site, one.piece().biasShift().orElse(none))
        .ifPresent(t -> values.put(t.name(), t.toFloats()));
    return values;
  }

  private static Set<String> constants(GraphIndex index, Site site) {
    Set<String> names = new LinkedHashSet<>(Set.of(site.weight().name()));
    BiasShift.constant(index, site).ifPresent(t -> names.add(t.name()));
    return names;
  }

  private static boolean isConstant(Model model, Site site) {
    Tensor stored = model.graph().initializers().get(site.weight().name());
    return stored != null
        && stored.type() == ElementType.FLOAT
        && Arrays.equals(stored.dims(), site.weight().dims());
  }

  /** What rounding the site's input loses. */
  private double activations(int i, double[] errors) {
    Offer offer = stock.offers().get(i);
    Optional<Integer> widest =
        IntStream.range(1, errors.length)
            .boxed()
            .filter(o -> isPlain(offer.items().get(o)))
            .findFirst();
    if (widest.isEmpty()
        || offer.site().kind() == SiteKind.GATHER
        || !isConstant(scope.model(), offer.site())) {
      return 0;
    }
    int[] one = new int[activations.length];
    one[i] = widest.get();
    double lost = written(one) - errors[widest.get()];
    return Double.isFinite(lost) ? Math.max(0, lost) : BROKEN;
  }

  private static boolean isPlain(Item item) {
    Treatment t = item.treatment();
    return t.rank() == 0 && t.zeros() == 0 && rounded(item) > 0;
  }
}
