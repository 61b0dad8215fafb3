package io.compressor.sensitivity;

import io.compressor.formats.data.Dataset;
import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import io.compressor.runtime.SessionSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Small models for sensitivities. */
final class Nets {
  private Nets() {}

  record Net(Model model, List<String> weights, Tensor x) {}

  static Tensor normal(String name, SplittableRandom random, long... dims) {
    int n = (int) Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.ofFloats(name, dims, values);
  }

  /** y = Σ x·wᵢ: the squared distance is quadratic in all weights together. */
  static Net sum(SplittableRandom random) {
    List<Node> nodes = new ArrayList<>();
    Map<String, Tensor> constants = new LinkedHashMap<>();
    for (int i = 0; i < 3; i++) {
      constants.put("w" + i, normal("w" + i, random, 6, 4));
      nodes.add(Node.of("MatMul", List.of("x", "w" + i), List.of("p" + i)));
    }
    nodes.add(Node.of("Sum", List.of("p0", "p1", "p2"), List.of("y")));
    return net(nodes, constants, 6, random);
  }

  /** tanh layers, the last one bare. */
  static Net deep(SplittableRandom random, int layers) {
    List<Node> nodes = new ArrayList<>();
    Map<String, Tensor> constants = new LinkedHashMap<>();
    String from = "x";
    for (int i = 0; i < layers; i++) {
      Tensor w = normal("w" + i, random, 6, 6);
      float[] v = w.toFloats();
      for (int k = 0; k < v.length; k++) {
        v[k] *= 0.5f;
      }
      constants.put("w" + i, Tensor.ofFloats("w" + i, w.dims(), v));
      String to = i == layers - 1 ? "y" : "p" + i;
      nodes.add(Node.of("MatMul", List.of(from, "w" + i), List.of(to)));
      if (i < layers - 1) {
        nodes.add(Node.of("Tanh", List.of(to), List.of("h" + i)));
        from = "h" + i;
      }
    }
    return net(nodes, constants, 6, random);
  }

  private static Net net(
      List<Node> nodes, Map<String, Tensor> constants, int in, SplittableRandom random) {
    List<Dim> dims = List.of(new Dim.Named("n"), new Dim.Fixed(in));
    Value x = Value.of("x", new TensorType(ElementType.FLOAT, Optional.of(dims)));
    List<String> weights = List.copyOf(constants.keySet());
    int out = (int) constants.get(weights.get(weights.size() - 1)).dims()[1];
    Value y =
        Value.of(
            "y",
            new TensorType(
                ElementType.FLOAT, Optional.of(List.of(new Dim.Named("n"), new Dim.Fixed(out)))));
    Model model =
        Model.of(
            8,
            18,
            new Graph(
                "g",
                nodes,
                constants,
                List.of(),
                List.of(x),
                List.of(y),
                List.of(),
                Bytes.empty()));
    return new Net(model, weights, normal("x", random, 24, in));
  }

  static Reference reference(Net net, Distance distance) {
    Dataset data = InMemory.of(net.x());
    return Reference.of(net.model(), data, 10, distance, SessionSettings.withThreads(1));
  }

  /** The model with some weights moved. */
  static Model moved(Net net, Moves moves, int[] chosen) {
    Map<String, Tensor> constants = new LinkedHashMap<>(net.model().graph().initializers());
    for (int i = 0; i < chosen.length; i++) {
      if (chosen[i] > 0) {
        String name = moves.parameter(i);
        float[] w = constants.get(name).toFloats();
        float[] d = moves.move(i, chosen[i]).orElseThrow().toFloats();
        for (int k = 0; k < w.length; k++) {
          w[k] += d[k];
        }
        constants.put(name, Tensor.ofFloats(name, constants.get(name).dims(), w));
      }
    }
    return net.model().withGraph(net.model().graph().withInitializers(constants));
  }

  /** Rounds to a step that doubles from level to level. */
  record Rounding(Net net, double step, int levels) implements Moves {
    @Override
    public int layers() {
      return net.weights().size();
    }

    @Override
    public String parameter(int layer) {
      return net.weights().get(layer);
    }

    @Override
    public Optional<Tensor> move(int layer, int level) {
      Tensor w = net.model().graph().initializers().get(parameter(layer));
      float[] v = w.toFloats();
      double s = step * (1 << (level - 1));
      for (int i = 0; i < v.length; i++) {
        v[i] = (float) (Math.rint(v[i] / s) * s - v[i]);
      }
      return Optional.of(Tensor.ofFloats(w.name(), w.dims(), v));
    }
  }
}
