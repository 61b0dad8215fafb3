package io.compressor.recipe;

import static io.compressor.recipe.OptionSpec.choice;
import static io.compressor.recipe.OptionSpec.flag;
import static io.compressor.recipe.OptionSpec.number;
import static io.compressor.recipe.OptionSpec.whole;

import java.util.List;

/**
 * Options of the {@code jlcm} pass.
 *
 * @param weights how the weights are quantized before anything is learnt
 * @param vector weights that a code picks at once
 * @param reorder whether channels that readers weigh alike are put next to each other first
 * @param gradient how the choice of a codeword moves
 * @param learn what codebooks, mappings, scales and constants learn from
 * @param steps batches to learn from
 * @param batch samples in a step
 * @param learningRate of mappings, in gaps between codewords, at the start
 * @param constants whether biases and norm gains learn too
 */
public record JlcmOptions(
    QuantizeOptions weights,
    int vector,
    boolean reorder,
    Gradient gradient,
    Learn learn,
    int steps,
    int batch,
    double learningRate,
    boolean constants)
    implements PassOptions {

  /**
   * How the gradient of a weight moves the choice of its codeword.
   *
   * <p>JLCM criticises {@link #SOFTMAX}, whose pull grows with the distance of a codeword, and
   * proposes one that shrinks with it; its exact form is not published, so {@link #PROXIMAL} and
   * {@link #NEIGHBOUR} are our reconstructions (1/distance, and its limit). {@link #LATENT} is
   * ours: a number a weight that moves by the sign of the gradient and is rounded to the nearest
   * codeword.
   */
  public enum Gradient {
    LATENT,
    PROXIMAL,
    NEIGHBOUR,
    SOFTMAX
  }

  /** How far errors are looked at while learning. */
  public enum Learn {
    /** All blocks at once. */
    MODEL,
    /** One block after the other, on what the compressed ones before it hand on. */
    BLOCKS,
    /** Not at all. */
    NONE
  }

  static final PassDescriptor DESCRIPTOR =
      new PassDescriptor(
          "jlcm",
          "Codebooks and mappings learnt together: each weight is a codeword of a small table times"
              + " a scale; tables, choices and scales learn to keep what the model makes.",
          "Yvinec et al. 2024 (JLCM, arXiv:2309.17361); the form of the gradient is reconstructed",
          List.of(
              number(
                  "bits",
                  2,
                  8,
                  2.4,
                  "Bits of a weight on average, scales included: whole bits choose the codeword,"
                      + " the fraction pays for scales (8 bits for each group of inputs).",
                  "2.37 makes Llama-7B 2 GB"),
              whole(
                  "group",
                  0,
                  1 << 20,
                  0,
                  "Inputs that share a scale, instead of what the fraction of bits pays for; 0 ="
                      + " follow bits.",
                  ""),
              whole(
                  "vector",
                  1,
                  8,
                  1,
                  "Weights of a row that one code picks: 1, 2, 4 or 8. Above 1 a table holds up to"
                      + " 256 codewords of so many weights, a code costs at most the whole bits of"
                      + " them all and never more than 8 bits, and there is one scale for each"
                      + " output: 4 makes 2 bits a weight, 8 makes 1.",
                  "ours; GPTVQ"),
              flag(
                  "reorder",
                  true,
                  "Where groups of inputs share a scale: first put channels next to each other that"
                      + " their readers weigh alike, wherever nothing but weights can tell: neurons"
                      + " of an MLP, values in heads, a stream whose norms allow it.",
                  "JLCM clusters neurons; how is ours"),
              choice(
                  "gradient",
                  Gradient.LATENT,
                  "How the choice of a codeword moves: latent rounds a number that follows the sign"
                      + " of the gradient; proximal, neighbour and softmax move logits of all"
                      + " codewords, pulled by 1/distance, by neighbours only, or by distance.",
                  "ours; JLCM proposes proximal and has softmax as its baseline"),
              choice(
                  "learn",
                  Learn.MODEL,
                  "Learn by gradients: of the whole model at once; or one block after the other, in"
                      + " the memory of one; none stops after GPTQ on a k-means codebook.",
                  "ours; JLCM: layer by layer"),
              whole(
                  "steps",
                  1,
                  1_000_000,
                  300,
                  "Batches to learn from; with learn: blocks, for each block.",
                  "ours"),
              whole("batch", 1, 4096, 8, "Samples in a batch.", "ours"),
              number(
                  "learning-rate",
                  0,
                  1,
                  0.005,
                  "How far a choice moves in the first step, in gaps between codewords; falls to 0"
                      + " along a line.",
                  "AutoRound: 1/200"),
              flag("constants", true, "Learn biases and norm gains too.", "ours"),
              choice(
                  "method",
                  QuantizeOptions.Method.GPTQ,
                  "How the first choices are made, on a k-means codebook; gptq needs calibration"
                      + " data.",
                  "JLCM: k-means"),
              choice(
                  "activations",
                  QuantizeOptions.Activations.AUTO,
                  "As in quantize.",
                  "fastest kernel of each operator on ORT's CPU provider"),
              choice(
                  "calibration",
                  QuantizeOptions.Calibration.PERCENTILE,
                  "How static activation ranges are chosen.",
                  ""),
              number("damping", 0, 1, 0.01, "As in quantize.", "GPTQ percdamp"),
              whole("embeddings", 0, 8, 4, "Bits of embedding tables; 0 = leave them.", ""),
              number("smooth", 0, 1, 0, "SmoothQuant's alpha; 0 = off.", "")),
          JlcmOptions::of);

  /** The defaults. */
  public static JlcmOptions defaults() {
    return of(
        OptionValues.read(
            DESCRIPTOR.options(),
            new ConfigNode.Mapping(java.util.Map.of(), Origin.DEFAULT),
            DESCRIPTOR.name()));
  }

  @Override
  public boolean needsCalibration() {
    return learn != Learn.NONE || weights.method() == QuantizeOptions.Method.GPTQ;
  }

  private static JlcmOptions of(OptionValues v) {
    double bits = v.number("bits");
    int whole = (int) bits;
    int vector = v.whole("vector");
    refuseVectors(v, vector);
    int group = vector > 1 ? 0 : v.whole("group") > 0 ? v.whole("group") : paidFor(bits - whole);
    QuantizeOptions.Method method = v.choice("method", QuantizeOptions.Method.class);
    QuantizeOptions weights =
        new QuantizeOptions(
            method,
            whole,
            group,
            true,
            true,
            v.choice("activations", QuantizeOptions.Activations.class),
            v.choice("calibration", QuantizeOptions.Calibration.class),
            v.number("damping"),
            method == QuantizeOptions.Method.GPTQ,
            v.whole("embeddings"),
            v.number("smooth"),
            method == QuantizeOptions.Method.GPTQ,
            List.of());
    weights.refuseWeightContradictions(v);
    return new JlcmOptions(
        weights,
        vector,
        v.flag("reorder"),
        v.choice("gradient", Gradient.class),
        v.choice("learn", Learn.class),
        v.whole("steps"),
        v.whole("batch"),
        v.number("learning-rate"),
        v.flag("constants"));
  }

  private static void refuseVectors(OptionValues v, int vector) {
    if (Integer.bitCount(vector) != 1) {
      throw v.reject("vector", "vector is '%d', expected 1, 2, 4 or 8".formatted(vector), "");
    }
    if (vector > 1 && v.whole("group") > 0) {
      throw v.reject(
          "group",
          "group %d contradicts vector: %d".formatted(v.whole("group"), vector),
          "vectors have one scale for each output: leave out group");
    }
    if (vector > 1 && v.choice("gradient", Gradient.class) != Gradient.LATENT) {
      throw v.reject(
          "gradient", "only latent moves the choice of vectors", "leave out gradient, or vector");
    }
  }

  /** A scale costs 8 bits; below what 256 inputs could pay for there is one for each output. */
  private static int paidFor(double fraction) {
    return fraction < 8.0 / 256 ? 0 : 8 * (int) Math.ceil(1 / fraction - 1e-9);
  }
}
