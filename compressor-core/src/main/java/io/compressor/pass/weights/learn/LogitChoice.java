package io.compressor.pass.weights.learn;

import io.compressor.recipe.JlcmOptions;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * A logit for each codeword of each weight; the largest is the choice (JLCM, section 3, as far as
 * it is published; papers on the form of the gradient are in {@link JlcmOptions.Gradient}). Adam
 * with one second moment a weight: one for each logit would undo the weighting by distance.
 */
final class LogitChoice implements CodeChoice {
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;

  private final JlcmOptions.Gradient kind;
  private final int size;
  private final float[] logits;
  private final float[] first;
  private final float[] second;

  /** One-hot at the codes. */
  LogitChoice(JlcmOptions.Gradient kind, byte[] codes, int size) {
    this.kind = kind;
    this.size = size;
    this.logits = new float[Math.multiplyExact(codes.length, size)];
    this.first = new float[logits.length];
    this.second = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      logits[i * size + (codes[i] & 0xff)] = 1;
    }
  }

  @Override
  public List<Buffer> state() {
    return List.of(FloatBuffer.wrap(logits), FloatBuffer.wrap(first), FloatBuffer.wrap(second));
  }

  @Override
  public void move(
      byte[] codes, float[] table, float[] gradients, int from, int count, double rate, int step) {
    float[] g = new float[size];
    float unbias1 = (float) (1 / (1 - Math.pow(BETA1, step)));
    float unbias2 = (float) (1 / (1 - Math.pow(BETA2, step)));
    float meanGap = (table[size - 1] - table[0]) / (size - 1);
    for (int i = 0; i < count; i++) {
      int w = from + i;
      int at = codes[w] & 0xff;
      pull(g, table, w * size, at, gradients[i], meanGap);
      float square = 0;
      for (float one : g) {
        square += one * one;
      }
      second[w] = BETA2 * second[w] + (1 - BETA2) * square / size;
      float root = (float) Math.sqrt(second[w] * unbias2) + 1e-12f;
      int best = at;
      for (int k = 0; k < size; k++) {
        int l = w * size + k;
        first[l] = BETA1 * first[l] + (1 - BETA1) * g[k];
        logits[l] -= (float) rate * first[l] * unbias1 / root;
      }
      for (int k = 0; k < size; k++) {
        if (logits[w * size + k] > logits[w * size + best]) {
          best = k;
        }
      }
      codes[w] = (byte) best;
    }
  }

  /** The gradient by the logits of one weight. */
  private void pull(float[] g, float[] table, int row, int at, float gradient, float meanGap) {
    if (kind == JlcmOptions.Gradient.SOFTMAX) {
      softmax(g, table, row, gradient);
      return;
    }
    for (int k = 0; k < size; k++) {
      float distance = table[k] - table[at];
      boolean neighbour = Math.abs(k - at) == 1;
      float weight =
          k == at
              ? 0
              : kind == JlcmOptions.Gradient.NEIGHBOUR
                  ? (neighbour ? 1 : 0)
                  : meanGap / Math.max(Math.abs(distance), 1e-6f);
      g[k] = gradient * Math.signum(distance) * weight;
    }
  }

  /** s_k (c_k − Σ s_j c_j) times the gradient. */
  private void softmax(float[] g, float[] table, int row, float gradient) {
    float most = Float.NEGATIVE_INFINITY;
    for (int k = 0; k < size; k++) {
      most = Math.max(most, logits[row + k]);
    }
    float sum = 0;
    float mean = 0;
    for (int k = 0; k < size; k++) {
      g[k] = (float) Math.exp(logits[row + k] - most);
      sum += g[k];
      mean += g[k] * table[k];
    }
    mean /= sum;
    for (int k = 0; k < size; k++) {
      g[k] = gradient * g[k] / sum * (table[k] - mean);
    }
  }
}
