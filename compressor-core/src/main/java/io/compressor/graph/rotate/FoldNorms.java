package io.compressor.graph.rotate;

import io.compressor.graph.Site;
import io.compressor.graph.channel.ChannelGroup;
import io.compressor.graph.channel.Norm;
import io.compressor.graph.channel.NormUse;
import io.compressor.ir.Tensor;

/**
 * Moves norm gains and shifts into the weights that read them: W ← W · diag(gain), b ← b + W ·
 * shift (QuaRot, section 4). What is left of the norm commutes with rotations.
 */
final class FoldNorms {
  private FoldNorms() {}

  /** Must come before the stream is rotated: gains are given in the old basis. */
  static void plan(ChannelGroup stream, RotationPlan plan) {
    int gains = 0;
    for (NormUse use : stream.norms()) {
      Norm norm = use.norm();
      norm.gain().ifPresent(gain -> gain(use, constant(gain, plan), plan));
      norm.shift()
          .ifPresent(
              shift -> {
                Tensor beta = constant(shift, plan);
                for (Site reader : use.readers()) {
                  plan.weight(reader).absorbShift(beta);
                }
              });
      gains += norm.gain().isPresent() ? 1 : 0;
      plan.bare(norm);
    }
    plan.log("folded the gains of %d norms into the weights behind them".formatted(gains));
  }

  private static void gain(NormUse use, Tensor gain, RotationPlan plan) {
    float[] values = gain.toFloats();
    double[] factors = new double[values.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = values[i];
    }
    for (Site reader : use.readers()) {
      plan.weight(reader).onRead(LineOp.scale(factors));
    }
  }

  private static Tensor constant(Norm.Operand operand, RotationPlan plan) {
    return plan.index().constant(operand.value()).orElseThrow();
  }
}
