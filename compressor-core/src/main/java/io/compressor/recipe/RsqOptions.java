package io.compressor.recipe;

import static io.compressor.recipe.OptionSpec.choice;
import static io.compressor.recipe.OptionSpec.flag;
import static io.compressor.recipe.OptionSpec.number;
import static io.compressor.recipe.OptionSpec.whole;

import java.util.List;

/**
 * Options of the {@code rsq} pass.
 *
 * @param weights how the weights of the blocks are quantized
 * @param head bits of the layer that makes the model's output; 0 = leave it
 * @param rotate whether residual stream and heads are rotated first
 * @param onlineHadamard whether the inputs of down projections are rotated at run time
 * @param rMin weight of the least important token
 * @param rMax weight of the most important token
 * @param exponent power that r is taken to
 * @param renormalise whether weights have mean 1 in each sequence
 * @param expansion how often each window is used, rolled by a part of its length each time
 * @param learnSteps steps in which each block learns after it was solved; 0 = none
 */
public record RsqOptions(
    QuantizeOptions weights,
    int head,
    boolean rotate,
    boolean onlineHadamard,
    Importance importance,
    Mapping mapping,
    double rMin,
    double rMax,
    int exponent,
    boolean renormalise,
    int expansion,
    int learnSteps)
    implements PassOptions {

  /** What makes a token important. */
  public enum Importance {
    ATTENTION,
    ACT_NORM,
    ACT_DIFF,
    TOKEN_SIM,
    TOKEN_FREQ,
    FIRST_N,
    FIRST_LAST_N,
    NONE
  }

  /** How scores become weights between r-min and r-max. */
  public enum Mapping {
    SINK_AWARE,
    PUBLISHED
  }

  static final PassDescriptor DESCRIPTOR =
      new PassDescriptor(
          "rsq",
          "Rotates the residual stream, weights calibration tokens by importance, then solves GPTQ"
              + " block by block on what is already quantized.",
          "Sung et al. 2025 (RSQ, arXiv:2503.01820); Ashkboos et al. 2024 (QuaRot,"
              + " arXiv:2404.00456)",
          List.of(
              choice(
                  "method",
                  QuantizeOptions.Method.GPTQ,
                  "gptq spreads each column's error over the later ones; rtn rounds, for comparison.",
                  "RSQ"),
              whole("bits", 2, 8, 3, "Bits of a weight in the blocks.", "RSQ's main setting"),
              whole(
                  "group",
                  0,
                  1 << 20,
                  0,
                  "Inputs that share a scale; 0 = one scale per output channel.",
                  "RSQ: per channel"),
              flag(
                  "symmetric",
                  true,
                  "Fix the zero point in the middle of the range.",
                  "QuaRot/RSQ default"),
              flag(
                  "clip-search",
                  true,
                  "Shrink each range to the one with the least error (grid 100, norm 2.4).",
                  "RSQ --w_clip"),
              choice(
                  "activations",
                  QuantizeOptions.Activations.TOKEN,
                  "token rounds each token to 8 bits at run time; dynamic each input as a whole, which"
                      + " one large token spoils; none multiplies in float; auto takes whichever is"
                      + " fastest.",
                  "QuaRot: per token"),
              number(
                  "damping",
                  0,
                  1,
                  0.01,
                  "Share of the mean Hessian diagonal added to the diagonal.",
                  "RSQ percdamp"),
              flag(
                  "act-order",
                  true,
                  "Solve the columns with the largest activations first; folded offline, it costs"
                      + " nothing at run time.",
                  "ours; GPTQ has it off"),
              whole("embeddings", 0, 8, 8, "Bits of embedding tables; 0 = leave them.", ""),
              whole(
                  "head",
                  0,
                  8,
                  8,
                  "Bits of the layer that makes the model's output; 0 = leave it.",
                  "RSQ leaves it; 8 bits cost little"),
              flag("rotate", true, "Rotate the residual stream and the heads.", "RSQ"),
              flag(
                  "online-hadamard",
                  false,
                  "Also rotate the inputs of down projections, by a small node at run time.",
                  "QuaRot has it; off here, it costs time"),
              choice(
                  "importance",
                  Importance.ATTENTION,
                  "What makes a calibration token important.",
                  "RSQ: attention received"),
              choice(
                  "mapping",
                  Mapping.SINK_AWARE,
                  "published maps the smallest and largest score to r-min and r-max; sink-aware"
                      + " leaves the first token out, which attracts most attention.",
                  "ours; published is RSQ's"),
              number(
                  "r-min", 0, 1, 0.1, "Weight of the least important token.", "RSQ: 0.005 to 0.1"),
              number("r-max", 1e-6, 1e6, 1, "Weight of the most important token.", "RSQ"),
              whole(
                  "exponent",
                  1,
                  2,
                  1,
                  "Power of r in the Hessian.",
                  "RSQ's code has 1, its text 2"),
              flag("renormalise", true, "Mean weight 1 in each sequence.", "RSQ's code"),
              whole(
                  "expansion",
                  1,
                  64,
                  1,
                  "Use each window this often, rolled by a part of its length each time.",
                  "RSQ: 8 where it expands"),
              whole(
                  "learn-steps",
                  0,
                  100_000,
                  0,
                  "Steps in which the choices, codebooks and scales of each block learn after GPTQ, so"
                      + " that it makes what the original block makes; 0 = none.",
                  "ours; AutoRound: 200")),
          RsqOptions::of);

  /** The defaults. */
  public static RsqOptions defaults() {
    return of(
        OptionValues.read(
            DESCRIPTOR.options(),
            new ConfigNode.Mapping(java.util.Map.of(), Origin.DEFAULT),
            DESCRIPTOR.name()));
  }

  /** How the head is quantized: in its own bits, a scale per output channel. */
  public QuantizeOptions headWeights() {
    return weights.withBits(head == 0 ? 8 : head, head == 8 ? 0 : weights.group());
  }

  @Override
  public boolean needsCalibration() {
    return weights.method() == QuantizeOptions.Method.GPTQ;
  }

  private static RsqOptions of(OptionValues v) {
    QuantizeOptions weights =
        QuantizeOptions.weightsOnly(
            v.choice("method", QuantizeOptions.Method.class),
            v.whole("bits"),
            v.whole("group"),
            v.flag("symmetric"),
            v.flag("clip-search"),
            v.choice("activations", QuantizeOptions.Activations.class),
            v.number("damping"),
            v.flag("act-order"),
            v.whole("embeddings"));
    RsqOptions o =
        new RsqOptions(
            weights,
            v.whole("head"),
            v.flag("rotate"),
            v.flag("online-hadamard"),
            v.choice("importance", Importance.class),
            v.choice("mapping", Mapping.class),
            v.number("r-min"),
            v.number("r-max"),
            v.whole("exponent"),
            v.flag("renormalise"),
            v.whole("expansion"),
            v.whole("learn-steps"));
    refuseContradictions(o, v);
    return o;
  }

  private static void refuseContradictions(RsqOptions o, OptionValues v) {
    o.weights.refuseWeightContradictions(v);
    if (o.head == 1) {
      throw v.reject("head", "head is '1', expected 0 or 2 to 8", "");
    }
    if (o.weights.activations() == QuantizeOptions.Activations.STATIC) {
      throw v.reject(
          "activations",
          "static ranges are not part of this method",
          "use none, dynamic or auto; the quantize pass has static");
    }
    if (o.rMin > o.rMax) {
      throw v.reject("r-min", "r-min %s is above r-max %s".formatted(o.rMin, o.rMax), "");
    }
    if (o.onlineHadamard && !o.rotate) {
      throw v.reject("online-hadamard", "it is part of rotate, which is off", "set rotate: true");
    }
    boolean rounds = o.weights.method() == QuantizeOptions.Method.RTN;
    if (rounds && v.isChosen("importance") && o.importance != Importance.NONE) {
      throw v.reject("importance", "importance has no meaning for method: rtn", "use method: gptq");
    }
    if (rounds && o.learnSteps > 0) {
      throw v.reject("learn-steps", "learning begins where gptq ends", "use method: gptq");
    }
  }
}
