package io.compressor.pass.weights.learn;

import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * A latent level a weight that moves by the sign of its gradient; the nearest codeword is the
 * choice. One step is {@code rate} of the codebook's mean gap, so that a run whose rates sum to one
 * moves a weight by one gap at most, as AutoRound does for uniform grids.
 */
final class LatentChoice implements CodeChoice {
  /** A latent level starts inside its codeword's cell, this far from its border at least. */
  private static final float INSIDE = 0.98f;

  private final float[] latent;

  /**
   * @param wanted levels that the original weights ask for
   * @param codes where to begin; the nearest codeword of a latent level, whatever was wanted
   */
  LatentChoice(float[] wanted, byte[] codes, float[] table) {
    latent = new float[wanted.length];
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

  /** Begins in the middle of the cells: half a gap from every neighbour. */
  static LatentChoice centred(byte[] codes, float[] table) {
    float[] levels = new float[codes.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = table[codes[i] & 0xff];
    }
    return new LatentChoice(levels, codes, table);
  }

  private static float gap(float[] table, int below) {
    return table[below + 1] - table[below];
  }

  @Override
  public List<Buffer> state() {
    return List.of(FloatBuffer.wrap(latent));
  }

  @Override
  public void move(
      byte[] codes, float[] table, float[] gradients, int from, int count, double rate, int step) {
    int last = table.length - 1;
    float by = (float) (rate * (table[last] - table[0]) / last);
    for (int i = 0; i < count; i++) {
      float z = latent[from + i] - by * Math.signum(gradients[i]);
      latent[from + i] = z;
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
