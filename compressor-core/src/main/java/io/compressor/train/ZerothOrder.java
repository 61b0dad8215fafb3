package io.compressor.train;

import io.compressor.engine.Engine;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.runtime.BoundSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Taps;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Learns from forward passes alone: the loss at two points opposite each other gives the derivative
 * along one random direction z, and the constants move along it. Nothing has to be differentiable,
 * and the graph that runs is the model's own.
 *
 * <p>d = clip((l(c + εσz) − l(c − εσz)) / 2ε, ±C), then c ← c − rate·d·σz with σ the root mean
 * square of each constant at the start, so that ε and rate are shares of it. Directions follow from
 * seed and step and are never stored; constants are restored from float32 masters to the last bit.
 *
 * <p>Source: Shang et al. 2025, QZO (maifoundations/QZO, trainer.py); there ε and rate are
 * absolute.
 */
public final class ZerothOrder implements Learner {
  private static final float SMALLEST = 1e-7f;
  private static final double RMS_FLOOR = 1e-4;

  private final String loss;
  private final Options options;
  private final BoundSession session;
  private final Failures failures;
  private final List<Master> masters = new ArrayList<>();
  private int step;

  /**
   * How to learn.
   *
   * @param epsilon distance of the two points, as a share of a constant's root mean square
   * @param rate learning rate, as a share of the same
   * @param clip largest derivative along a direction that is believed
   * @param seed of the directions
   */
  public record Options(double epsilon, double rate, double clip, long seed) {}

  /**
   * A constant that moves.
   *
   * @param initial names the model's constant, and says where to begin
   * @param keepsSign whether its numbers keep their sign and stay at least 1e-7 from zero, as
   *     scales; those that are zero stay zero
   */
  public record Moving(Tensor initial, boolean keepsSign) {}

  private record Master(
      String name, float[] initial, float[] values, double rms, boolean signed, FloatBuffer seen) {}

  private ZerothOrder(String loss, Options options, BoundSession session) {
    this.loss = loss;
    this.options = options;
    this.session = session;
    this.failures = new Failures(loss);
  }

  /**
   * @param model computes the loss; the constants become its inputs
   * @param loss a scalar of the main graph
   */
  public static ZerothOrder open(
      Model model, String loss, List<Moving> constants, Options options, Engine engine) {
    List<String> names = constants.stream().map(c -> c.initial().name()).toList();
    BoundSession session =
        BoundSession.open(
            Taps.asInputs(model, constants.stream().map(Moving::initial).toList()),
            names,
            Map.of(),
            SessionSettings.withThreads(engine.parallelism()));
    ZerothOrder made = new ZerothOrder(loss, options, session);
    for (Moving one : constants) {
      float[] values = one.initial().toFloats();
      Master master =
          new Master(
              one.initial().name(),
              values.clone(),
              values,
              Math.max(RMS_FLOOR, RootMeanSquare.of(values)),
              one.keepsSign(),
              session.buffer(one.initial().name()));
      master.seen().put(0, values);
      made.masters.add(master);
    }
    return made;
  }

  @Override
  public double step(Map<String, Tensor> feeds, double factor) {
    long seed = options.seed() + 0x9e3779b97f4a7c15L * ++step;
    double epsilon = options.epsilon();
    show(seed, epsilon);
    double above = loss(feeds);
    show(seed, -epsilon);
    double below = loss(feeds);
    double slope = (above - below) / (2 * epsilon);
    if (Double.isFinite(slope)) {
      failures.none();
      double clipped = Math.max(-options.clip(), Math.min(options.clip(), slope));
      move(seed, options.rate() * factor * failures.damping() * clipped);
    }
    masters.forEach(m -> m.seen().put(0, m.values()));
    if (!Double.isFinite(slope)) {
      failures.one(slope);
    }
    return (above + below) / 2;
  }

  @Override
  public double loss(Map<String, Tensor> feeds) {
    Tensor value = session.forward(feeds, List.of(loss)).values().iterator().next();
    if (value.elements() != 1 || value.type() != ElementType.FLOAT) {
      throw new CompressorException(
          ErrorCode.USAGE,
          loss,
          "a loss is one float, this is " + value,
          "reduce it, for instance by ReduceMean");
    }
    return value.toFloats()[0];
  }

  @Override
  public int failures() {
    return failures.all();
  }

  @Override
  public float[] values(String variable) {
    return masters.stream()
        .filter(m -> m.name().equals(variable))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("'" + variable + "' does not move"))
        .values()
        .clone();
  }

  @Override
  public TrainerState state() {
    Map<String, TrainerState.Moving> moving = new LinkedHashMap<>();
    masters.forEach(
        m -> moving.put(m.name(), new TrainerState.Moving(m.values().clone(), List.of())));
    return new TrainerState(step, failures.all(), failures.inARow(), failures.damping(), moving);
  }

  @Override
  public void restore(TrainerState state) {
    state.requireFits(masters.stream().map(Master::name).toList());
    for (Master m : masters) {
      float[] values = state.of(m.name()).values();
      System.arraycopy(values, 0, m.values(), 0, values.length);
      m.seen().put(0, values);
    }
    step = state.step();
    failures.set(state.failures(), state.inARow(), state.damping());
  }

  @Override
  public void close() {
    session.close();
  }

  /** Puts c + share·σz before the session; the masters stay as they are. */
  private void show(long seed, double share) {
    SplittableRandom random = new SplittableRandom(seed);
    for (Master m : masters) {
      float[] values = m.values().clone();
      for (int i = 0; i < values.length; i++) {
        double z = random.nextGaussian();
        values[i] += m.signed() && values[i] == 0 ? 0 : (float) (share * m.rms() * z);
      }
      m.seen().put(0, values);
    }
  }

  private void move(long seed, double by) {
    SplittableRandom random = new SplittableRandom(seed);
    for (Master m : masters) {
      float[] values = m.values();
      for (int i = 0; i < values.length; i++) {
        float moved = (float) (values[i] - by * m.rms() * random.nextGaussian());
        values[i] = m.signed() ? onItsSide(moved, m.initial()[i]) : moved;
      }
    }
  }

  /** A number smaller than the limit to begin with need not grow to it. */
  private static float onItsSide(float moved, float initial) {
    float least = Math.min(SMALLEST, Math.abs(initial));
    return initial == 0 ? initial : initial > 0 ? Math.max(moved, least) : Math.min(moved, -least);
  }
}
