package io.compressor.pass.jlcm;

/**
 * A latent level a weight that follows its gradient by Adam; the nearest codeword is the choice.
 * One step is at most about {@code rate} of the codebook's mean gap, so that a run moves a weight
 * by few codewords. Where the sign of the gradient changes from batch to batch the steps are small,
 * which steps by the sign alone (AutoRound's) are not.
 */
final class LatentChoice implements CodeChoice {
  /** A latent level starts inside its codeword's cell, this far from its border at least. */
  private static final float INSIDE = 0.98f;

  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.99f;

  private final float[] latent;
  private final float[] first;
  private final float[] second;

  /**
   * @param wanted levels that the original weights ask for
   * @param codes where to begin; the nearest codeword of a latent level, whatever was wanted
   */
  LatentChoice(float[] wanted, byte[] codes, float[] table) {
    latent = new float[wanted.length];
    first = new float[wanted.length];
    second = new float[wanted.length];
    for (int i = 0; i < latent.length; i++) {
      int code = codes[i] & 0xff;
      float at = table[code];
      float low = code == 0 ? at - gap(table, 0) : at - gap(table, code - 1);
      float high = code + 1 == table.length ? at + gap(table, code - 1) : at + gap(table, code);
      low = at + (low - at) * INSIDE / 2;
      high = at + (high - at) * INSIDE / 2;
      latent[i] = Math.max(low, Math.min(high, wanted[i]));
    }
  }

  private static float gap(float[] table, int below) {
    return table[below + 1] - table[below];
  }

  @Override
  public void move(
      byte[] codes, float[] table, float[] gradients, int from, int count, double rate, int step) {
    int last = table.length - 1;
    double gap = (table[last] - table[0]) / last;
    float by = (float) (rate * gap / (1 - Math.pow(BETA1, step)));
    float unbias = (float) (1 / Math.sqrt(1 - Math.pow(BETA2, step)));
    for (int i = 0; i < count; i++) {
      float g = gradients[i];
      float m = BETA1 * first[from + i] + (1 - BETA1) * g;
      float v = BETA2 * second[from + i] + (1 - BETA2) * g * g;
      first[from + i] = m;
      second[from + i] = v;
      latent[from + i] -= by * m / ((float) Math.sqrt(v) * unbias + 1e-20f);
    }
    for (int i = 0; i < count; i++) {
      float z = latent[from + i];
      int code = codes[from + i] & 0xff;
      while (code < last && 2 * z > table[code] + table[code + 1]) {
        code++;
      }
      while (code > 0 && 2 * z < table[code - 1] + table[code]) {
        code--;
      }
      codes[from + i] = (byte) code;
    }
  }
}
