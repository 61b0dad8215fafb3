package io.compressor.train;

import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.util.List;

/** v ← μv + g; w ← w − η(v + λw). */
final class Sgd implements Optimizer {
  private final float momentum;
  private final float decay;
  private final float[] velocity;

  Sgd(int elements, float momentum, float decay) {
    this.momentum = momentum;
    this.decay = decay;
    this.velocity = new float[elements];
  }

  @Override
  public void update(
      float[] values, float[] gradients, int from, int count, double rate, int step) {
    float eta = (float) rate;
    for (int i = 0; i < count; i++) {
      float v = momentum * velocity[from + i] + gradients[i];
      velocity[from + i] = v;
      values[i] -= eta * (v + decay * values[i]);
    }
  }

  @Override
  public List<Buffer> state() {
    return List.of(FloatBuffer.wrap(velocity));
  }
}
