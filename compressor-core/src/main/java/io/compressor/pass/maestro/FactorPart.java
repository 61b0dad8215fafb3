package io.compressor.pass.maestro;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.Site;
import io.compressor.graph.WeightLayout;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.solver.lowrank.Factors;
import io.compressor.train.Optimizer;
import io.compressor.train.RootMeanSquare;
import io.compressor.train.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A weight while it learns as a product: stored W [rows, cols] = (A ∘ mask) B with A [rows, rank],
 * B [rank, cols]. For a weight that is stored with its inputs first, A is Vᵀ and B is Uᵀ; else A is
 * U and B is V. The node that read the weight reads the product, whatever its operator.
 *
 * @param a initial values, named as in the student
 * @param b initial values, named as in the student
 * @param mask name of a constant [rank] of ones that switches components off
 */
record FactorPart(Site site, Tensor a, Tensor b, Optional<String> mask) {
  /** Puts the product in front of the node that reads the weight. */
  static FactorPart add(GraphEditor editor, Site site, Factors f, boolean masked) {
    boolean across = site.layout().transposed();
    long rows = across ? site.in() : site.out();
    long cols = across ? site.out() : site.in();
    float[] first = across ? WeightLayout.transposed(f.v(), f.rank(), f.in()) : f.u();
    float[] second = across ? WeightLayout.transposed(f.u(), f.out(), f.rank()) : f.v();
    Tensor a = added(editor, site, "/a", first, rows, f.rank());
    Tensor b = added(editor, site, "/b", second, f.rank(), cols);
    List<Node> nodes = new ArrayList<>();
    Optional<String> mask = Optional.empty();
    String left = a.name();
    if (masked) {
      float[] ones = new float[f.rank()];
      Arrays.fill(ones, 1);
      String name = added(editor, site, "/mask", ones, f.rank()).name();
      mask = Optional.of(name);
      left = editor.freshName(a.name() + "/masked");
      nodes.add(Node.of("Mul", List.of(a.name(), name), List.of(left)));
    }
    String made = editor.freshName(a.name() + "/product");
    nodes.add(Node.of("MatMul", List.of(left, b.name()), List.of(made)));
    long[] dims = site.weight().dims();
    if (dims.length != 2) {
      Tensor shape = Tensor.ofLongs(a.name() + "/dims", new long[] {dims.length}, dims);
      String shaped = editor.freshName(a.name() + "/weight");
      nodes.add(Node.of("Reshape", List.of(made, editor.addInitializer(shape)), List.of(shaped)));
      made = shaped;
    }
    read(editor, site, made);
    editor.insertBefore(site.output(), nodes);
    return new FactorPart(site, a, b, mask);
  }

  /** Lets the site's node read another value as its weight. */
  static void read(GraphEditor editor, Site site, String value) {
    editor.update(
        site.output(),
        n -> {
          List<String> inputs = new ArrayList<>(n.inputs());
          inputs.set(site.weightInput(), value);
          return n.withInputs(inputs);
        });
  }

  static Tensor added(GraphEditor editor, Site site, String suffix, float[] values, long... dims) {
    Tensor tensor = Tensor.ofFloats("maestro/" + site.name() + suffix, dims, values);
    return tensor.withName(editor.addInitializer(tensor));
  }

  int rank() {
    return (int) b.dims()[0];
  }

  /**
   * @param rate share of a factor's root mean square that it moves by in the first step
   * @param lambda of the group lasso; 0 = none
   * @param optimizer how factors follow their gradients
   */
  List<Variable> variables(double rate, double lambda, Optimizer.Factory optimizer) {
    int cols = (int) b.dims()[1];
    return List.of(
        new Variable(
            a,
            Shrinking.around(optimizer, rank(), 1, lambda),
            rate * RootMeanSquare.of(a.toFloats())),
        new Variable(
            b,
            Shrinking.around(optimizer, rank(), cols, lambda),
            rate * RootMeanSquare.of(b.toFloats())));
  }

  /** The factors with the present values. */
  Factors factors(Function<String, float[]> values) {
    float[] first = values.apply(a.name());
    float[] second = values.apply(b.name());
    boolean across = site.layout().transposed();
    float[] u = across ? WeightLayout.transposed(second, rank(), site.out()) : first;
    float[] v = across ? WeightLayout.transposed(first, site.in(), rank()) : second;
    double[] strength = new double[rank()];
    double[][] squares = squares(first, second);
    for (int k = 0; k < strength.length; k++) {
      strength[k] = Math.sqrt(squares[0][k] * squares[1][k]);
    }
    return new Factors(site.out(), site.in(), rank(), u, v, strength);
  }

  /** ‖component‖² in either factor, [2][rank]. */
  double[][] squares(float[] first, float[] second) {
    int rank = rank();
    int cols = second.length / rank;
    double[][] sums = new double[2][rank];
    for (int i = 0; i < first.length; i++) {
      sums[0][i % rank] += (double) first[i] * first[i];
    }
    for (int i = 0; i < second.length; i++) {
      sums[1][i / cols] += (double) second[i] * second[i];
    }
    return sums;
  }
}
