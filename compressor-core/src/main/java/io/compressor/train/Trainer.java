package io.compressor.train;

import io.compressor.autodiff.GradientModel;
import io.compressor.autodiff.GradientRequest;
import io.compressor.autodiff.Gradients;
import io.compressor.autodiff.Surrogate;
import io.compressor.engine.Engine;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.ElementType;
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
 * rates; ten of them in a row end the run. The same batches give the same bits at any number of
 * threads.
 */
public final class Trainer implements Learner {
  /** Elements of a parameter that an optimizer gets at once; the last part may be short. */
  public static final int PART = 1 << 14;

  private final String loss;
  private final Engine engine;
  private final BoundSession session;
  private final Failures failures;
  private final List<Learning> learning = new ArrayList<>();
  private int step;

  private Trainer(String loss, Engine engine, BoundSession session) {
    this.loss = loss;
    this.engine = engine;
    this.session = session;
    this.failures = new Failures(loss);
  }

  private record Learning(
      Variable variable, Optimizer optimizer, FloatBuffer values, FloatBuffer gradients) {}

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
    List<String> names = variables.stream().map(Variable::name).toList();
    GradientModel graph =
        Gradients.of(model, GradientRequest.of(loss, names).surrogates(surrogates));
    Map<String, String> outputs = new LinkedHashMap<>();
    graph.gradients().forEach((parameter, output) -> outputs.put(output, parameter));
    BoundSession session =
        BoundSession.open(
            graph.model(), names, outputs, SessionSettings.withThreads(engine.parallelism()));
    Trainer trainer = new Trainer(loss, engine, session);
    for (Variable variable : variables) {
      Learning one =
          new Learning(
              variable,
              variable.optimizer().of(Math.toIntExact(variable.initial().elements())),
              session.buffer(variable.name()),
              session.buffer(graph.gradient(variable.name())));
      one.values().duplicate().put(variable.initial().toFloats());
      trainer.learning.add(one);
    }
    return trainer;
  }

  @Override
  public double step(Map<String, Tensor> feeds, double factor) {
    double value = scalar(session.run(feeds, List.of(loss)));
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
    if (!engine.map(parts, Trainer::isFinite).stream().allMatch(finite -> finite)) {
      failures.one(Double.NaN);
      return Double.NaN;
    }
    failures.none();
    step++;
    double rate = factor * failures.damping();
    engine.map(parts, part -> move(part, rate));
    learning.forEach(one -> one.optimizer().finish(rate * one.variable().rate(), step));
    return value;
  }

  @Override
  public double loss(Map<String, Tensor> feeds) {
    return scalar(session.forward(feeds, List.of(loss)));
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

  /** Sets a variable, as to go back to the best values seen. */
  public void set(String variable, float[] values) {
    session.buffer(variable).put(0, values);
  }

  @Override
  public void close() {
    session.close();
  }

  /** A sum of zeros times numbers is zero unless one of them is not finite. */
  private static boolean isFinite(Part part) {
    float[] gradients = new float[part.count()];
    part.of().gradients().get(part.from(), gradients);
    float sum = 0;
    for (float g : gradients) {
      sum += 0 * g;
    }
    return sum == 0;
  }

  private Part move(Part part, double rate) {
    Learning one = part.of();
    float[] values = new float[part.count()];
    float[] gradients = new float[part.count()];
    one.values().get(part.from(), values);
    one.gradients().get(part.from(), gradients);
    double own = rate * one.variable().rate();
    one.optimizer().update(values, gradients, part.from(), part.count(), own, step);
    one.values().put(part.from(), values);
    return part;
  }

  private double scalar(Map<String, Tensor> outputs) {
    Tensor value = outputs.values().iterator().next();
    if (value.elements() != 1) {
      throw new CompressorException(
          ErrorCode.USAGE,
          loss,
          "a loss is one number, this is " + value,
          "reduce it, for instance by ReduceMean");
    }
    return value.type() == ElementType.DOUBLE
        ? value.data().buffer().order(java.nio.ByteOrder.LITTLE_ENDIAN).getDouble(0)
        : value.toFloats()[0];
  }
}
