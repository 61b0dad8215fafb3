package io.compressor.pass.jlcm;

import io.compressor.engine.Engine;
import io.compressor.graph.WeightLayout;
import io.compressor.pass.weights.learn.CodewordSteps;
import io.compressor.train.Optimizer;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Learns the levels of one weight as codewords of several weights: choices and codewords together.
 *
 * <p>Each weight has a latent level that moves by the sign of its gradient; of a vector's codeword
 * and its neighbours the one nearest to the latent vector is the choice. The gradient of a codeword
 * is the sum over the vectors that chose it; codewords move by Adam. A step is complete after
 * {@link #finish} and shows in the levels with the next one.
 */
final class VectorLearning implements Optimizer {
  private static final int ROWS = 32;
  private static final int NEIGHBOURS = 16;

  /** A latent vector starts inside its codeword's cell: this share of the way to its border. */
  private static final float INSIDE = 0.98f;

  private final WeightLayout layout;
  private final int length;
  private final int vectors;
  private final byte[] codes;
  private final float[] table;
  private final float[] latent;
  private final float unit;
  private final Engine engine;
  private final CodewordSteps steps;
  private final byte[] shownCodes;
  private final float[] shownTable;

  /**
   * @param layout of the weight whose levels come in stored order
   * @param length weights in a codeword, a power of two
   * @param codes [out × vectors]; changed in place
   * @param table [codewords × length]; changed in place
   * @param wanted levels that the original weights ask for, [out × in]
   */
  VectorLearning(
      WeightLayout layout, int length, byte[] codes, float[] table, float[] wanted, Engine engine) {
    this.layout = layout;
    this.length = length;
    this.vectors = (layout.in() + length - 1) / length;
    this.codes = codes;
    this.table = table;
    this.engine = engine;
    this.shownCodes = codes.clone();
    this.shownTable = table.clone();
    this.steps = new CodewordSteps(wanted.length, table.length);
    double squares = 0;
    for (float t : table) {
      squares += (double) t * t;
    }
    this.unit = (float) Math.sqrt(squares / table.length);
    this.latent = layout.toStored(inside(wanted)).clone();
  }

  /** Codes that the present levels show, [out × vectors]. */
  byte[] codes() {
    return shownCodes.clone();
  }

  /** Codewords that the present levels show. */
  float[] table() {
    return shownTable.clone();
  }

  @Override
  public void update(
      float[] values, float[] gradients, int from, int count, double rate, int step) {
    double[] sum = steps.part(from);
    float by = (float) (rate * unit);
    boolean inFirst = layout.transposed();
    int width = inFirst ? layout.out() : layout.in();
    int major = from / width;
    int minor = from % width;
    for (int i = 0; i < count; i++) {
      int row = inFirst ? minor : major;
      int col = inFirst ? major : minor;
      int vector = row * vectors + col / length;
      int entry = col & (length - 1);
      sum[(shownCodes[vector] & 0xff) * length + entry] += gradients[i];
      latent[from + i] -= by * Math.signum(gradients[i]);
      values[i] = table[(codes[vector] & 0xff) * length + entry];
      if (++minor == width) {
        minor = 0;
        major++;
      }
    }
  }

  @Override
  public void finish(double rate, int step) {
    System.arraycopy(codes, 0, shownCodes, 0, codes.length);
    System.arraycopy(table, 0, shownTable, 0, table.length);
    moveTable(rate, step);
    int[][] near = neighbours();
    List<Integer> starts =
        IntStream.iterate(0, r -> r < layout.out(), r -> r + ROWS).boxed().toList();
    engine.map(starts, from -> choose(from, Math.min(layout.out(), from + ROWS), near));
  }

  /** Adam. */
  private void moveTable(double rate, int step) {
    for (int k = 0; k < table.length; k++) {
      table[k] -= (float) (rate * unit * steps.next(k, step));
    }
  }

  /** Of each codeword the nearest ones, itself first. */
  private int[][] neighbours() {
    int size = table.length / length;
    int most = Math.min(NEIGHBOURS, size);
    int[][] near = new int[size][most];
    float[] distance = new float[size];
    for (int k = 0; k < size; k++) {
      int found = 0;
      for (int o = 0; o < size; o++) {
        float sum = 0;
        for (int j = 0; j < length; j++) {
          float d = table[k * length + j] - table[o * length + j];
          sum += d * d;
        }
        distance[o] = o == k ? -1 : sum;
        int at = found;
        while (at > 0 && distance[near[k][at - 1]] > distance[o]) {
          at--;
        }
        if (at < most) {
          found = Math.min(most, found + 1);
          System.arraycopy(near[k], at, near[k], at + 1, found - 1 - at);
          near[k][at] = o;
        }
      }
    }
    return near;
  }

  private int choose(int from, int to, int[][] near) {
    int in = layout.in();
    for (int v = 0; v < vectors; v++) {
      int width = Math.min(length, in - v * length);
      for (int row = from; row < to; row++) {
        int best = codes[row * vectors + v] & 0xff;
        float least = Float.POSITIVE_INFINITY;
        for (int k : near[best]) {
          float sum = 0;
          for (int j = 0; j < width; j++) {
            float d = latent[stored(row, v * length + j)] - table[k * length + j];
            sum += d * d;
          }
          if (sum < least) {
            least = sum;
            best = k;
          }
        }
        codes[row * vectors + v] = (byte) best;
      }
    }
    return from;
  }

  private int stored(int row, int col) {
    return layout.transposed() ? col * layout.out() + row : row * layout.in() + col;
  }

  /**
   * Wanted vectors, drawn towards their codewords until these are the nearest: with u from the
   * codeword c to the vector and e to another codeword, c stays nearest while s · u·e ≤ |e|² / 2.
   */
  private float[] inside(float[] wanted) {
    float[] inside = new float[wanted.length];
    int size = table.length / length;
    List<Integer> rows = IntStream.range(0, layout.out()).boxed().toList();
    engine.map(
        rows,
        row -> {
          float[] u = new float[length];
          for (int v = 0; v < vectors; v++) {
            int at = row * layout.in() + v * length;
            int width = Math.min(length, layout.in() - v * length);
            int c = (codes[row * vectors + v] & 0xff) * length;
            for (int j = 0; j < width; j++) {
              u[j] = wanted[at + j] - table[c + j];
            }
            float share = 1;
            for (int k = 0; k < size; k++) {
              float along = 0;
              float square = 0;
              for (int j = 0; j < width; j++) {
                float e = table[k * length + j] - table[c + j];
                along += u[j] * e;
                square += e * e;
              }
              share = 2 * share * along > square ? square / (2 * along) : share;
            }
            for (int j = 0; j < width; j++) {
              inside[at + j] = table[c + j] + (share < 1 ? INSIDE * share : 1) * u[j];
            }
          }
          return row;
        });
    return inside;
  }

  @Override
  public List<Buffer> state() {
    List<Buffer> all = new ArrayList<>();
    all.add(ByteBuffer.wrap(codes));
    all.add(ByteBuffer.wrap(shownCodes));
    all.add(FloatBuffer.wrap(table));
    all.add(FloatBuffer.wrap(shownTable));
    all.add(FloatBuffer.wrap(latent));
    all.addAll(steps.state());
    return all;
  }

  @Override
  public String toString() {
    return "VectorLearning" + Arrays.toString(table);
  }
}
