package io.compressor.pass.maestro;

import io.compressor.ir.Tensor;
import io.compressor.solver.lowrank.GroupLasso;
import io.compressor.train.Learner;
import io.compressor.train.Trainer;
import io.compressor.train.TrainerState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A trainer whose steps run at sampled ranks, and whose weights lose components on the way. */
final class OrderedLearner implements Learner {
  /** Below this importance a component is gone; in units of singular values (Maestro: 1e-7). */
  static final double LEAST = 1e-7;

  /** In a state: how many steps were taken, then the components left at each look. */
  private static final String COURSE = "maestro/course";

  private final Trainer trainer;
  private final List<FactorPart> parts;
  private final OrderedDropout dropout;
  private final int every;
  private final List<int[]> looks = new ArrayList<>();
  private int steps;

  /**
   * @param every steps between looks at which components are left; 0 = never
   */
  OrderedLearner(Trainer trainer, List<FactorPart> parts, OrderedDropout dropout, int every) {
    this.trainer = trainer;
    this.parts = parts;
    this.dropout = dropout;
    this.every = every;
  }

  @Override
  public double step(Map<String, Tensor> feeds, double factor) {
    double loss = trainer.step(with(feeds, dropout.next()), factor);
    steps++;
    if (isLook()) {
      shrink(alive());
    }
    return loss;
  }

  @Override
  public double loss(Map<String, Tensor> feeds) {
    return trainer.loss(with(feeds, dropout.judging()));
  }

  @Override
  public int failures() {
    return trainer.failures();
  }

  @Override
  public float[] values(String variable) {
    return trainer.values(variable);
  }

  @Override
  public TrainerState state() {
    float[] course = new float[1 + looks.size() * parts.size()];
    course[0] = steps;
    for (int i = 1; i < course.length; i++) {
      course[i] = looks.get((i - 1) / parts.size())[(i - 1) % parts.size()];
    }
    return trainer.state().with(COURSE, course);
  }

  /** Random ranks are drawn once more, as often as before. */
  @Override
  public void restore(TrainerState state) {
    float[] course = state.of(COURSE).values();
    trainer.restore(state.without(COURSE));
    dropout.reset();
    looks.clear();
    steps = 0;
    while (steps < course[0]) {
      dropout.next();
      steps++;
      if (isLook()) {
        int[] alive = new int[parts.size()];
        for (int i = 0; i < alive.length; i++) {
          alive[i] = (int) course[1 + looks.size() * alive.length + i];
        }
        shrink(alive);
      }
    }
  }

  private boolean isLook() {
    return every > 0 && steps % every == 0;
  }

  private void shrink(int[] alive) {
    looks.add(alive);
    dropout.shrink(alive);
  }

  @Override
  public void close() {
    trainer.close();
  }

  /** What is important enough, and was left before. */
  private int[] alive() {
    int[] alive = dropout.alive();
    for (int i = 0; i < alive.length; i++) {
      FactorPart part = parts.get(i);
      double[][] squares =
          part.squares(trainer.values(part.a().name()), trainer.values(part.b().name()));
      double[] importance = GroupLasso.importance(squares[0], squares[1]);
      alive[i] = Math.min(alive[i], GroupLasso.effectiveRank(importance, LEAST));
    }
    return alive;
  }

  private static Map<String, Tensor> with(Map<String, Tensor> feeds, Map<String, Tensor> masks) {
    Map<String, Tensor> all = new LinkedHashMap<>(feeds);
    all.putAll(masks);
    return all;
  }
}
