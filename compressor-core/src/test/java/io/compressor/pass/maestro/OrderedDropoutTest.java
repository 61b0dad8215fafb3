package io.compressor.pass.maestro;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.graph.Graphs;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.recipe.MaestroOptions;
import io.compressor.solver.lowrank.Factorizer;
import io.compressor.solver.lowrank.Factors;
import io.compressor.solver.lowrank.GroupLasso;
import io.compressor.train.Optimizer;
import io.compressor.train.Trainer;
import io.compressor.train.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Maestro's theory on one linear layer y = W x, learnt from scratch (paper, section 3.3). */
class OrderedDropoutTest {
  private static final int OUT = 9;
  private static final int IN = 6;
  private static final double[] SINGULAR = {2, 1.2, 0.6};

  /** Isotropic inputs: every prefix becomes the truncated singular value decomposition. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void singularValuesComeAboutInOrder(long seed) {
    float[] target = target();
    Factors learnt = learn(target, OUT, IN, identity(IN), 0, 2000, 0.1, seed);
    for (int k = 0; k < IN; k++) {
      double wanted = k < 3 ? SINGULAR[k] : 0;
      assertEquals(wanted, learnt.strength()[k], 0.02 * SINGULAR[0], "component " + k);
    }
    Factors best = Factorizer.svd(target, OUT, IN);
    for (int b = 1; b <= 3; b++) {
      double apart = distance(learnt.head(b).product(), best.head(b).product());
      assertTrue(apart < 0.02 * norm(target), "prefix " + b + " is off by " + apart);
    }
    double before = Double.POSITIVE_INFINITY;
    for (int b = 1; b <= IN; b++) {
      double now = distance(learnt.head(b).product(), target);
      assertTrue(now <= before + 0.01 * norm(target), "prefix " + b);
      before = now;
    }
  }

  /** Inputs scaled so that the smallest singular value makes the most output. */
  @Test
  void orderFollowsTheDataNotTheWeight() {
    float[] target = new float[4 * 4];
    float[] inputs = new float[4 * 4];
    for (int i = 0; i < 4; i++) {
      target[i * 4 + i] = 2 - 0.5f * i;
      inputs[i * 4 + i] = 0.4f + 0.6f * i * i / 2;
    }
    Factors learnt = learn(target, 4, 4, inputs, 0, 4000, 0.03, 3);
    int[] order = new int[4];
    for (int k = 0; k < 4; k++) {
      for (int r = 1; r < 4; r++) {
        order[k] =
            Math.abs(learnt.u()[r * 4 + k]) > Math.abs(learnt.u()[order[k] * 4 + k]) ? r : order[k];
      }
    }
    // outputs: 2·0.4 = 0.8, 1.5·0.7 = 1.05, 1·1.6 = 1.6, 0.5·3.1 = 1.55
    assertEquals(List.of(2, 3, 1, 0), java.util.Arrays.stream(order).boxed().toList());
  }

  /** Identity on data of rank 3: its principal components, and nothing beyond. */
  @Test
  void lassoLeavesWhatTheDataHas() {
    Factors rows = Factorizer.svd(Graphs.random("rows", 1, 24, 3).toFloats(), 24, 3);
    Factors mix = Factorizer.svd(Graphs.random("mix", 1, 3, IN).toFloats(), 3, IN);
    float[] x = new float[24 * IN];
    for (int s = 0; s < 24; s++) {
      for (int k = 0; k < 3; k++) {
        double scale = (1.8 - 0.3 * k) / Math.sqrt(rows.strength()[k] * mix.strength()[k]);
        for (int c = 0; c < IN; c++) {
          x[s * IN + c] += (float) (scale * rows.u()[s * 3 + k] * mix.v()[k * IN + c]);
        }
      }
    }
    Factors learnt = learn(identity(IN), IN, IN, x, 0.04, 4000, 0.1, 1);
    double[] importance = importance(learnt);
    assertEquals(
        3, GroupLasso.effectiveRank(importance, 1e-7), java.util.Arrays.toString(importance));
    assertTrue(importance[2] > 0.1, "" + importance[2]);
    float[] back = applied(learnt.product(), IN, IN, x);
    assertTrue(distance(back, x) < 0.15 * norm(x), distance(back, x) + " of " + norm(x));
  }

  @Test
  void moreLambdaMeansLessRank() {
    float[] noisy = target();
    float[] noise = Graphs.random("noise", 0.1, OUT, IN).toFloats();
    for (int i = 0; i < noisy.length; i++) {
      noisy[i] += noise[i];
    }
    int before = IN;
    for (double lambda : new double[] {0, 0.02, 0.1, 0.4, 3}) {
      int rank =
          GroupLasso.effectiveRank(
              importance(learn(noisy, OUT, IN, identity(IN), lambda, 1500, 0.1, 1)), 1e-7);
      assertTrue(rank <= before, lambda + ": " + rank + " after " + before);
      before = rank;
    }
    assertEquals(1, before);
  }

  /** Trains W = U·V from random factors on all samples at once. */
  private static Factors learn(
      float[] target,
      int out,
      int in,
      float[] x,
      double lambda,
      int steps,
      double rate,
      long seed) {
    Model model =
        Graphs.graph()
            .input("x", -1, in)
            .constant(Graphs.random("w", 1, in, out))
            .node("MatMul", "y", List.of("x", "w"))
            .output("y", -1, out)
            .model(18);
    Site site = SiteFinder.scan(model).sites().get(0);
    LowRank one = LowRank.of(site, Factorizer.random(out, in, seed), false);
    FactoredStudent student = FactoredStudent.masked(model, List.of(one));
    List<Variable> variables = new ArrayList<>();
    for (Variable v : student.factors().get(0).variables(1, lambda, Optimizer.sgd(0.9, 0))) {
      variables.add(new Variable(v.initial(), v.optimizer(), rate * 0.1));
    }
    OrderedDropout dropout =
        new OrderedDropout(student.factors(), MaestroOptions.Sampling.LAYER, new int[] {in}, seed);
    int rows = x.length / in;
    Map<String, Tensor> feeds =
        Map.of(
            "x", Tensor.ofFloats("x", new long[] {rows, in}, x),
            "t", Tensor.ofFloats("t", new long[] {rows, out}, applied(target, out, in, x)));
    try (Trainer trainer =
            Trainer.open(
                withLoss(student.fedMasks(student.model()), out),
                "loss",
                variables,
                Map.of(),
                Engine.direct());
        OrderedLearner learner =
            new OrderedLearner(trainer, student.factors(), dropout, lambda > 0 ? 100 : 0)) {
      for (int i = 0; i < steps; i++) {
        learner.step(feeds, i < steps * 3 / 4 ? 1 : 0.1);
      }
      return student.factors().get(0).factors(learner::values);
    }
  }

  /** ½ Σ (y − t)². */
  private static Model withLoss(Model model, int out) {
    var graph = model.graph();
    List<Node> nodes = new ArrayList<>(graph.nodes());
    nodes.add(Node.of("Sub", List.of("y", "t"), List.of("d")));
    nodes.add(Node.of("Mul", List.of("d", "d"), List.of("dd")));
    nodes.add(Node.of("ReduceSum", List.of("dd"), List.of("sum"), Attribute.of("keepdims", 0L)));
    nodes.add(Node.of("Mul", List.of("sum", "half"), List.of("loss")));
    var constants = new java.util.LinkedHashMap<>(graph.initializers());
    constants.put("half", Tensor.scalar("half", 0.5f));
    var inputs = new ArrayList<>(graph.inputs());
    inputs.add(
        io.compressor.ir.Value.of(
            "t", io.compressor.ir.TensorType.of(io.compressor.ir.ElementType.FLOAT, -1, out)));
    return model.withGraph(graph.withNodes(nodes).withInitializers(constants).withInputs(inputs));
  }

  private static double[] importance(Factors f) {
    double[] u = new double[f.rank()];
    double[] v = new double[f.rank()];
    for (int k = 0; k < f.rank(); k++) {
      for (int r = 0; r < f.out(); r++) {
        u[k] += f.u()[r * f.rank() + k] * f.u()[r * f.rank() + k];
      }
      for (int c = 0; c < f.in(); c++) {
        v[k] += f.v()[k * f.in() + c] * f.v()[k * f.in() + c];
      }
    }
    return GroupLasso.importance(u, v);
  }

  /** Rank 3 with known singular values, in a basis of its own. */
  private static float[] target() {
    Factors basis = Factorizer.svd(Graphs.random("basis", 1, OUT, IN).toFloats(), OUT, IN);
    float[] w = new float[OUT * IN];
    for (int k = 0; k < 3; k++) {
      for (int r = 0; r < OUT; r++) {
        for (int c = 0; c < IN; c++) {
          w[r * IN + c] +=
              (float)
                  (SINGULAR[k]
                      * basis.u()[r * IN + k]
                      * basis.v()[k * IN + c]
                      / basis.strength()[k]);
        }
      }
    }
    return w;
  }

  private static float[] identity(int n) {
    float[] one = new float[n * n];
    for (int i = 0; i < n; i++) {
      one[i * n + i] = 1;
    }
    return one;
  }

  /** X Wᵀ. */
  private static float[] applied(float[] w, int out, int in, float[] x) {
    float[] y = new float[x.length / in * out];
    for (int s = 0; s < x.length / in; s++) {
      for (int r = 0; r < out; r++) {
        for (int c = 0; c < in; c++) {
          y[s * out + r] += w[r * in + c] * x[s * in + c];
        }
      }
    }
    return y;
  }

  private static double norm(float[] a) {
    return distance(a, new float[a.length]);
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }
}
