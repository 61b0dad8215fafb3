package io.compressor.recipe;

import static io.compressor.recipe.OptionSpec.choice;
import static io.compressor.recipe.OptionSpec.flag;
import static io.compressor.recipe.OptionSpec.number;
import static io.compressor.recipe.OptionSpec.whole;

import io.compressor.solver.QuantSpec;
import java.util.HashSet;
import java.util.List;

/**
 * Options of the {@code quantize} pass.
 *
 * @param bits of a weight, 2 to 8
 * @param group inputs that share a scale; 0 = one scale per output channel
 * @param damping GPTQ's share of the mean Hessian diagonal that is added to the diagonal
 * @param embeddings bits of Gather tables; 0 = leave them as they are
 * @param smooth SmoothQuant's α; 0 = off
 * @param mixed widths to choose among, per site, by the error they cause; empty = {@code bits}
 *     everywhere
 */
public record QuantizeOptions(
    Method method,
    int bits,
    int group,
    boolean symmetric,
    boolean clipSearch,
    Activations activations,
    Calibration calibration,
    double damping,
    boolean actOrder,
    int embeddings,
    double smooth,
    boolean biasCorrection,
    List<Integer> mixed)
    implements PassOptions {

  /** How codes are chosen. */
  public enum Method {
    RTN,
    GPTQ
  }

  /** What happens to the values that weights are multiplied with. */
  public enum Activations {
    AUTO,
    NONE,
    DYNAMIC,
    TOKEN,
    STATIC
  }

  /** How a static activation range is chosen from the observed values. */
  public enum Calibration {
    MINMAX,
    PERCENTILE,
    ENTROPY,
    MSE
  }

  static final PassDescriptor DESCRIPTOR =
      new PassDescriptor(
          "quantize",
          "Stores weights in 2 to 8 bits and, where that is faster, computes in int8.",
          "Frantar et al. 2022 (GPTQ, arXiv:2210.17323); QuaRot/RSQ quantizer conventions",
          List.of(
              choice(
                  "method",
                  Method.RTN,
                  "rtn rounds to nearest; gptq spreads each column's error over the later ones and"
                      + " needs calibration data.",
                  ""),
              whole("bits", 2, 8, 8, "Bits of a weight.", "int8 is the widest fast kernel"),
              whole(
                  "group",
                  0,
                  1 << 20,
                  0,
                  "Inputs that share a scale; 0 = one scale per output channel.",
                  ""),
              flag(
                  "symmetric",
                  true,
                  "Fix the zero point in the middle of the range.",
                  "QuaRot/RSQ default"),
              flag(
                  "clip-search",
                  true,
                  "Shrink each range to the one with the least error (grid 100, norm 2.4).",
                  "QuaRot --w_clip"),
              choice(
                  "activations",
                  Activations.AUTO,
                  "none leaves them in float; dynamic measures each input at run time, token each row of"
                      + " it; static fixes ranges from calibration data; auto takes dynamic for MatMul and Gemm, and"
                      + " static for Conv when calibration data is given.",
                  "fastest kernel of each operator on ORT's CPU provider"),
              choice(
                  "calibration",
                  Calibration.MINMAX,
                  "How static activation ranges are chosen.",
                  "ONNX Runtime's default"),
              number(
                  "damping",
                  0,
                  1,
                  0.01,
                  "Share of the mean Hessian diagonal added to the diagonal (gptq).",
                  "GPTQ percdamp"),
              flag(
                  "act-order",
                  false,
                  "Solve the columns with the largest activations first (gptq); folded offline, it"
                      + " costs nothing at run time.",
                  "GPTQ default"),
              whole("embeddings", 0, 8, 0, "Bits of embedding tables; 0 = leave them.", ""),
              number(
                  "smooth",
                  0,
                  1,
                  0,
                  "SmoothQuant's alpha: how much of an activation's range moves into the weight; 0 ="
                      + " off.",
                  "Xiao et al. 2023 use 0.5"),
              flag(
                  "bias-correction",
                  true,
                  "Fold the mean output error into the bias (needs calibration data, else skipped).",
                  "Nagel et al. 2019, section 4.2"),
              OptionSpec.list(
                  "mixed",
                  new OptionType.Whole(2, 8),
                  "Widths to choose among per site: the narrowest whose relative output error on the"
                      + " calibration data stays below 0.4 %; empty = bits everywhere.")),
          QuantizeOptions::of);

  public QuantizeOptions {
    mixed = List.copyOf(mixed);
  }

  /** The defaults. */
  public static QuantizeOptions defaults() {
    return of(
        OptionValues.read(
            DESCRIPTOR.options(),
            new ConfigNode.Mapping(java.util.Map.of(), Origin.DEFAULT),
            DESCRIPTOR.name()));
  }

  /** The same options at one width. */
  public QuantizeOptions withBits(int width) {
    return withBits(width, group);
  }

  /** The same options at one width and with another number of inputs to a scale. */
  public QuantizeOptions withBits(int width, int inputs) {
    return new QuantizeOptions(
        method,
        width,
        inputs,
        symmetric,
        clipSearch,
        activations,
        calibration,
        damping,
        actOrder,
        embeddings,
        smooth,
        biasCorrection,
        List.of());
  }

  /** What a method needs that quantizes weights and leaves everything else to the written form. */
  static QuantizeOptions weightsOnly(
      Method method,
      int bits,
      int group,
      boolean symmetric,
      boolean clipSearch,
      Activations activations,
      double damping,
      boolean actOrder,
      int embeddings) {
    return new QuantizeOptions(
        method,
        bits,
        group,
        symmetric,
        clipSearch,
        activations,
        Calibration.MINMAX,
        damping,
        actOrder,
        embeddings,
        0,
        false,
        List.of());
  }

  /** Widths to try, narrowest first; one unless {@code mixed} is given. */
  public List<Integer> widths() {
    return mixed.isEmpty() ? List.of(bits) : mixed.stream().sorted().toList();
  }

  /** The weight grid that these options ask for. */
  public QuantSpec spec() {
    return new QuantSpec(bits, group, symmetric, clipSearch);
  }

  @Override
  public boolean needsCalibration() {
    return activations == Activations.STATIC;
  }

  private static QuantizeOptions of(OptionValues v) {
    QuantizeOptions o =
        new QuantizeOptions(
            v.choice("method", Method.class),
            v.whole("bits"),
            v.whole("group"),
            v.flag("symmetric"),
            v.flag("clip-search"),
            v.choice("activations", Activations.class),
            v.choice("calibration", Calibration.class),
            v.number("damping"),
            v.flag("act-order"),
            v.whole("embeddings"),
            v.number("smooth"),
            v.flag("bias-correction"),
            v.wholes("mixed"));
    refuseContradictions(o, v);
    return o;
  }

  /** What no pass that quantizes weights accepts. */
  void refuseWeightContradictions(OptionValues v) {
    if (embeddings == 1) {
      throw v.reject("embeddings", "embeddings is '1', expected 0 or 2 to 8", "");
    }
    if (group == 1) {
      throw v.reject(
          "group", "group is '1': a scale per weight saves nothing", "use 0 or 16 to 128");
    }
    if (actOrder && method == Method.RTN && v.isChosen("act-order")) {
      throw v.reject("act-order", "act-order has no meaning for method: rtn", "use method: gptq");
    }
  }

  private static void refuseContradictions(QuantizeOptions o, OptionValues v) {
    o.refuseWeightContradictions(v);
    if (o.group > 0 && o.bits == 8 && o.activations == Activations.STATIC) {
      throw v.reject(
          "group",
          "group %d contradicts activations: static with 8 bits".formatted(o.group),
          "int8 kernels take one scale per channel: set group to 0 or bits below 8");
    }
    if (v.isChosen("calibration")
        && o.activations != Activations.AUTO
        && o.activations != Activations.STATIC) {
      throw v.reject(
          "calibration",
          "calibration has no effect with activations: " + OptionType.spell(o.activations),
          "remove it, or use activations: static");
    }
    if (o.smooth > 0 && o.activations == Activations.NONE) {
      throw v.reject(
          "smooth",
          "smooth moves activation range into weights, but activations is none",
          "remove smooth, or quantize activations");
    }
    if (new HashSet<>(o.mixed).size() != o.mixed.size() || o.mixed.size() == 1) {
      throw v.reject(
          "mixed", "mixed is " + o.mixed + ", expected two or more different widths", "use bits");
    }
  }
}
