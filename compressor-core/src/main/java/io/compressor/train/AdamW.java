package io.compressor.train;

import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.util.List;

/** Adam with bias correction and decoupled weight decay. */
final class AdamW implements Optimizer {
  private final float beta1;
  private final float beta2;
  private final float epsilon;
  private final float decay;
  private final float[] first;
  private final float[] second;

  AdamW(int elements, float beta1, float beta2, float epsilon, float decay) {
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.decay = decay;
    this.first = new float[elements];
    this.second = new float[elements];
  }

  @Override
  public void update(
      float[] values, float[] gradients, int from, int count, double rate, int step) {
    double unbias1 = 1 - Math.pow(beta1, step);
    float eta = (float) (rate / unbias1);
    float unbias2 = (float) (1 / Math.sqrt(1 - Math.pow(beta2, step)));
    float shrink = (float) (rate * decay);
    for (int i = 0; i < count; i++) {
      float g = gradients[i];
      float m = beta1 * first[from + i] + (1 - beta1) * g;
      float v = beta2 * second[from + i] + (1 - beta2) * g * g;
      first[from + i] = m;
      second[from + i] = v;
      float root = (float) Math.sqrt(v) * unbias2 + epsilon;
      values[i] -= eta * m / root + shrink * values[i];
    }
  }

  @Override
  public List<Buffer> state() {
    return List.of(FloatBuffer.wrap(first), FloatBuffer.wrap(second));
  }
}
