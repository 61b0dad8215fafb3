package io.compressor.pass.weights.learn;

import io.compressor.pass.weights.SolvedSite;
import io.compressor.solver.QuantizedWeight;
import io.compressor.train.Learner;
import io.compressor.train.Optimizer;
import io.compressor.train.Variable;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** One site while it learns: its levels by an optimizer of their own, a factor for each scale. */
public abstract class LearntSite {
  private static final double FACTOR_RATE = 0.2;

  private final SolvedSite solved;
  private final StudentSite student;
  private final Optimizer levels;
  private final double rate;
  private QuantizedWeight best;

  /**
   * @param levels moves the codewords and the choices among them
   * @param rate learning rate of the choices
   */
  protected LearntSite(SolvedSite solved, StudentSite student, Optimizer levels, double rate) {
    this.solved = solved;
    this.student = student;
    this.levels = levels;
    this.rate = rate;
    this.best = solved.weight();
  }

  /** Levels and factors of the scales. */
  public final List<Variable> variables() {
    return List.of(
        new Variable(student.levelsTensor(), n -> levels, rate),
        new Variable(
            student.factorTensor(),
            Optimizer.within(0.2f, 5, Optimizer.adamW(0)),
            rate * FACTOR_RATE));
  }

  /** Takes over what was learnt so far, in the form in which it will be written. */
  public final void keep(Learner trainer) {
    best = hardened(student.factors(trainer.values(student.factorName())));
  }

  /**
   * The weight as it will be written.
   *
   * @param factors of the scales, [out × groups]
   */
  protected abstract QuantizedWeight hardened(float[] factors);

  /** Largest magnitude of an int8 weight. */
  protected final int limit() {
    return solved.task().grid().limit();
  }

  /**
   * What was taken over last.
   *
   * @param method what to say in the report of what chose the codes
   */
  public final SolvedSite result(String method) {
    return new SolvedSite(
        solved.task(),
        best,
        method,
        Optional.empty(),
        solved.errorPredicted(),
        OptionalDouble.empty(),
        solved.warnings());
  }

  /** The weight as nodes make it while it learns. */
  public final StudentSite student() {
    return student;
  }
}
