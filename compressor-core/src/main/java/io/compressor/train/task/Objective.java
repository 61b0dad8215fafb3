package io.compressor.train.task;

import io.compressor.autodiff.LossGraph;
import io.compressor.autodiff.LossModel;
import io.compressor.autodiff.Losses;
import io.compressor.autodiff.Tape;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to become small: a sum of terms over a model's values, labels and an original's values.
 */
public final class Objective {
  /** Name of the input that labels are fed as. */
  public static final String LABELS = "train/labels";

  private static final String TARGET = "train/target/";

  /** Writes one term on a graph and returns its scalar. */
  @FunctionalInterface
  public interface Term {
    String write(LossGraph graph, Inputs inputs);
  }

  /** Inputs that terms share: asked for twice, they are made once. */
  public static final class Inputs {
    private final LossGraph graph;
    private final Map<String, String> made = new LinkedHashMap<>();

    private Inputs(LossGraph graph) {
      this.graph = graph;
    }

    /** Class numbers [n]. */
    String labels() {
      return made.computeIfAbsent(
          LABELS, name -> graph.input(name, TensorType.of(ElementType.INT64, -1)));
    }

    /** What the original makes of the same batch at a value. */
    String original(String value) {
      return made.computeIfAbsent(
          TARGET + value,
          name -> graph.input(name, new TensorType(ElementType.FLOAT, Optional.empty())));
    }
  }

  private final String prediction;
  private final Optional<String> logits;
  private final List<String> taught;
  private final List<Term> terms;

  private Objective(
      String prediction, Optional<String> logits, List<String> taught, List<Term> terms) {
    this.prediction = prediction;
    this.logits = logits;
    this.taught = List.copyOf(taught);
    this.terms = List.copyOf(terms);
  }

  /**
   * Cross-entropy with labels.
   *
   * @param logits value [n, classes]
   */
  public static Objective labels(String logits) {
    Term term = (g, in) -> Losses.crossEntropy(g.tape(), logits, in.labels());
    return new Objective(logits, Optional.of(logits), List.of(), List.of(term));
  }

  /**
   * T²·KL to what the original makes (Hinton, Vinyals, Dean 2015).
   *
   * @param logits value [n, classes] of both models
   */
  public static Objective distill(String logits, double temperature) {
    Term term = (g, in) -> Losses.kl(g.tape(), logits, in.original(logits), temperature);
    return new Objective(logits, Optional.empty(), List.of(logits), List.of(term));
  }

  /**
   * Σ(s − t)² / Σt² averaged over values of both models, as hidden states.
   *
   * @param points at least one
   */
  public static Objective match(List<String> points) {
    Term term =
        (g, in) -> {
          Tape t = g.tape();
          List<String> parts = new ArrayList<>();
          for (String point : points) {
            String target = in.original(point);
            String d = t.sub(point, target);
            String power = t.add(t.sum(t.mul(target, target)), t.number(1e-12));
            parts.add(t.div(t.sum(t.mul(d, d)), power));
          }
          return t.mul(t.node("Sum", parts), 1.0 / parts.size());
        };
    return new Objective(points.get(0), Optional.empty(), points, List.of(term));
  }

  /** Both, the other one with a factor. */
  public Objective plus(double weight, Objective other) {
    List<String> all = new ArrayList<>(taught);
    other.taught.stream().filter(p -> !all.contains(p)).forEach(all::add);
    List<Term> more = new ArrayList<>(terms);
    other.terms.forEach(t -> more.add((g, in) -> g.tape().mul(t.write(g, in), weight)));
    return new Objective(prediction, logits.or(() -> other.logits), all, more);
  }

  /** One more term, as a penalty on constants or on inputs of the step. */
  public Objective plus(Term term) {
    List<Term> more = new ArrayList<>(terms);
    more.add(term);
    return new Objective(prediction, logits, taught, more);
  }

  /** Value [n, classes] that labels are compared with; empty when labels are not learnt from. */
  public Optional<String> labelled() {
    return logits;
  }

  /** Values of the original that are targets. */
  public List<String> taught() {
    return taught;
  }

  /** Name of the input that holds the original's value. */
  static String target(String value) {
    return TARGET + value;
  }

  /** The model with the loss behind it. */
  LossModel over(Model model) {
    LossGraph graph = LossGraph.of(model, prediction);
    Inputs inputs = new Inputs(graph);
    List<String> parts = terms.stream().map(t -> t.write(graph, inputs)).toList();
    Tape tape = graph.tape();
    return graph.loss(parts.size() == 1 ? parts.get(0) : tape.node("Sum", parts));
  }
}
