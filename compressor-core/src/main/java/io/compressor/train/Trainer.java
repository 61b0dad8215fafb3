package io.compressor.train;

import io.compressor.autodiff.GradientModel;
import io.compressor.autodiff.GradientRequest;
import io.compressor.autodiff.Gradients;
import io.compressor.autodiff.Surrogate;
import io.compressor.engine.Engine;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.runtime.BoundSession;
import io.compressor.runtime.SessionSettings;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model that learns: one run of its gradient graph a step, then each variable moves along its
 * gradient in place. A loss or gradient that is not finite changes nothing and halves the learning
 * rates; ten of them in a row end the run.
 */
public final class Trainer implements Learner {
  /** Elements of a parameter that an optimizer gets at once; the last part may be short. */
  public static final int PART = 1 << 14;

  private final String loss;
  private final Engine engine;
  private final BoundSession session;
  private final Failures failures;
  private final double clip;
  private final List<Learning> learning = new ArrayList<>();
  private final SideBySide lanes;
  private int step;

  private Trainer(String loss, double clip, Engine engine, BoundSession session) {
    this.loss = loss;
    this.clip = clip;
    this.engine = engine;
    this.session = session;
    this.failures = new Failures(loss);
    this.lanes = new SideBySide(session, loss);
  }

  private record Learning(
      Variable variable,
      Optimizer optimizer,
      FloatBuffer values,
      String gradient,
      FloatBuffer gradients) {}

  private record Part(Learning of, int from, int count) {}

  /**
   * @param model computes the loss
   * @param loss a scalar of the main graph
   * @param surrogates see {@link GradientRequest}
   */
  public static Trainer open(
      Model model,
      String loss,
      List<Variable> variables,
      Map<String, Surrogate> surrogates,
      Engine engine) {
    return open(model, loss, variables, surrogates, 0, engine);
  }

  /**
   * As above.
   *
   * @param clip largest norm that all gradients together may have, longer ones are shortened to it;
   *     0 = any
   */
  public static Trainer open(
      Model model,
      String loss,
      List<Variable> variables,
      Map<String, Surrogate> surrogates,
      double clip,
      Engine engine) {
    return open(model, loss, variables, surrogates, clip, engine, engine.parallelism());
  }

  /**
   * A trainer whose batches come in parts that run side by side, a thread each: the same parts give
   * the same bits at any number of threads, which one run on several threads need not, since ONNX
   * Runtime sums in another order then.
   */
  public static Trainer sideBySide(
      Model model, String loss, List<Variable> variables, Engine engine) {
    return open(model, loss, variables, Map.of(), 0, engine, 1);
  }

  private static Trainer open(
      Model model,
      String loss,
      List<Variable> variables,
      Map<String, Surrogate> surrogates,
      double clip,
      Engine engine,
      int threads) {
    List<String> names = variables.stream().map(Variable::name).toList();
    GradientModel graph =
        Gradients.of(model, GradientRequest.of(loss, names).surrogates(surrogates));
    Map<String, String> outputs = new LinkedHashMap<>();
    graph.gradients().forEach((parameter, output) -> outputs.put(output, parameter));
    BoundSession session =
        BoundSession.open(graph.model(), names, outputs, SessionSettings.withThreads(threads));
    Trainer trainer = new Trainer(loss, clip, engine, session);
    for (Variable variable : variables) {
      Learning one =
          new Learning(
              variable,
              variable.optimizer().of(Math.toIntExact(variable.initial().elements())),
              session.buffer(variable.name()),
              graph.gradient(variable.name()),
              session.buffer(graph.gradient(variable.name())));
      one.values().duplicate().put(variable.initial().toFloats());
      trainer.learning.add(one);
    }
    return trainer;
  }

  @Override
  public double step(Map<String, Tensor> feeds, double factor) {
    return move(differentiate(feeds), List.of(), factor);
  }

  @Override
  public double step(List<Map<String, Tensor>> parts, double factor) {
    if (parts.size() == 1) {
      return step(parts.get(0), factor);
    }
    List<BoundSession.Lane> used = lanes.of(parts.size());
    return move(lanes.run(parts, engine), used, factor);
  }

  /**
   * @param lanes whose gradients have the mean that counts; empty = it is there already
   */
  private double move(double value, List<BoundSession.Lane> lanes, double factor) {
    if (!Double.isFinite(value)) {
      failures.one(value);
      return value;
    }
    List<Part> parts = new ArrayList<>();
    for (Learning one : learning) {
      int size = one.values().capacity();
      for (int from = 0; from < size; from += PART) {
        parts.add(new Part(one, from, Math.min(PART, size - from)));
      }
    }
    if (!lanes.isEmpty()) {
      engine.map(
          parts,
          p -> SideBySide.mean(lanes, p.of().gradient(), p.from(), p.count(), p.of().gradients()));
    }
    double squares = engine.map(parts, Trainer::squares).stream().mapToDouble(s -> s).sum();
    if (!Double.isFinite(squares)) {
      failures.one(Double.NaN);
      return Double.NaN;
    }
    failures.none();
    step++;
    double rate = factor * failures.damping();
    double norm = Math.sqrt(squares);
    float shorter = clip > 0 && norm > clip ? (float) (clip / norm) : 1;
    engine.map(parts, part -> move(part, rate, shorter));
    learning.forEach(one -> one.optimizer().finish(rate * one.variable().rate(), step));
    return value;
  }

  /** The loss of a batch and, for {@link #gradients}, its gradients; moves nothing. */
  public double differentiate(Map<String, Tensor> feeds) {
    return LossValue.of(loss, session.run(feeds, List.of(loss)));
  }

  @Override
  public double loss(List<Map<String, Tensor>> parts) {
    List<Double> losses = engine.map(parts, this::loss);
    return losses.stream().mapToDouble(v -> v).sum() / parts.size();
  }

  @Override
  public double loss(Map<String, Tensor> feeds) {
    return LossValue.of(loss, session.forward(feeds, List.of(loss)));
  }

  @Override
  public int failures() {
    return failures.all();
  }

  @Override
  public float[] values(String variable) {
    FloatBuffer buffer = session.buffer(variable).duplicate();
    float[] values = new float[buffer.capacity()];
    buffer.get(0, values);
    return values;
  }

  /** The gradient of a variable in the last step, row-major; a copy, not shortened. */
  public float[] gradients(String variable) {
    for (Learning one : learning) {
      if (one.variable().name().equals(variable)) {
        float[] gradients = new float[one.gradients().capacity()];
        one.gradients().get(0, gradients);
        return gradients;
      }
    }
    throw new IllegalArgumentException("'" + variable + "' does not learn");
  }

  @Override
  public TrainerState state() {
    Map<String, TrainerState.Moving> variables = new LinkedHashMap<>();
    for (Learning one : learning) {
      String name = one.variable().name();
      variables.put(name, TrainerState.Moving.of(values(name), one.optimizer().state()));
    }
    return new TrainerState(step, failures.all(), failures.inARow(), failures.damping(), variables);
  }

  @Override
  public void restore(TrainerState state) {
    rewind(state);
    failures.set(state.failures(), state.inARow(), state.damping());
  }

  /** As {@link #restore}, but failures and the rates that they halved stay. */
  public void rewind(TrainerState state) {
    state.requireFits(learning.stream().map(l -> l.variable().name()).toList());
    for (Learning one : learning) {
      TrainerState.Moving from = state.of(one.variable().name());
      set(one.variable().name(), from.values());
      from.restore(one.optimizer().state());
    }
    step = state.step();
  }

  /** Sets a variable, as to go back to the best values seen. */
  public void set(String variable, float[] values) {
    session.buffer(variable).put(0, values);
  }

  @Override
  public void close() {
    session.close();
  }

  /** Sum of squared gradients, not finite when one of them is not. */
  private static double squares(Part part) {
    float[] gradients = new float[part.count()];
    part.of().gradients().get(part.from(), gradients);
    double sum = 0;
    for (float g : gradients) {
      sum += (double) g * g;
    }
    return sum;
  }

  private Part move(Part part, double rate, float shorter) {
    Learning one = part.of();
    float[] values = new float[part.count()];
    float[] gradients = new float[part.count()];
    one.values().get(part.from(), values);
    one.gradients().get(part.from(), gradients);
    for (int i = 0; shorter != 1 && i < gradients.length; i++) {
      gradients[i] *= shorter;
    }
    double own = rate * one.variable().rate();
    one.optimizer().update(values, gradients, part.from(), part.count(), own, step);
    one.values().put(part.from(), values);
    return part;
  }
}
