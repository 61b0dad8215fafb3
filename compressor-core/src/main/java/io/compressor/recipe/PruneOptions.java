package io.compressor.recipe;

import static io.compressor.recipe.OptionSpec.choice;
import static io.compressor.recipe.OptionSpec.flag;
import static io.compressor.recipe.OptionSpec.number;
import static io.compressor.recipe.OptionSpec.whole;

import java.util.List;

/**
 * Options of the {@code prune} pass.
 *
 * @param sparsity share of the pruned layers' weights that become 0
 * @param structure single weights, or whole channels
 * @param allocation how that is shared out among layers
 * @param distortion what a layer's curve measures
 * @param saliency which weights of a layer go
 * @param gradients that m-fac takes
 * @param rounds prunings, each on what the one before left and the training between them mended
 * @param distillSteps batches to learn from in all rounds together; 0 = one-shot
 * @param objective what is learnt from
 * @param batch samples a step
 * @param learningRate as a share of each weight's root mean square
 * @param samples calibration samples that curves are measured on
 * @param refine how often shares are looked at again in each other's company
 * @param zeroData curves on normal noise instead of data
 * @param storage how the file holds a pruned weight
 * @param trials random configurations on which predicted and measured distortions are compared
 */
public record PruneOptions(
    double sparsity,
    Structure structure,
    Allocation allocation,
    Distortion distortion,
    Saliency saliency,
    int gradients,
    int rounds,
    int distillSteps,
    Objective objective,
    int batch,
    double learningRate,
    int samples,
    int refine,
    boolean zeroData,
    Storage storage,
    int trials)
    implements PassOptions {

  /** What goes. */
  public enum Structure {
    UNSTRUCTURED,
    STRUCTURED
  }

  /** How a total is shared out among layers. */
  public enum Allocation {
    DP,
    UNIFORM,
    UNIFORM_PLUS,
    ERK,
    LAMP,
    GLOBAL
  }

  /** Over the samples. */
  public enum Distortion {
    MEAN,
    WORST,
    ANGLE
  }

  /** Which weights of a layer go first, and what becomes of the others. */
  public enum Saliency {
    MAGNITUDE,
    SPARSEGPT,
    M_FAC
  }

  /** What the remaining weights learn from. */
  public enum Objective {
    DISTILL,
    LABELS
  }

  /** What is in the file. */
  public enum Storage {
    MASK,
    MASK_8BIT,
    DENSE
  }

  static final PassDescriptor DESCRIPTOR =
      new PassDescriptor(
          "prune",
          "Sets weights to zero, layer by layer as much as costs least at the model's outputs;"
              + " the file shrinks, the speed stays.",
          "Xu et al. 2023 (RD-prune, arXiv:2308.10438); SparseGPT (arXiv:2301.00774)",
          List.of(
              number(
                  "sparsity",
                  0,
                  1,
                  0.5,
                  "Share of the weights that become 0, over all layers that the step matches; with"
                      + " structured, share of the multiplications that go.",
                  "no paper's default"),
              choice(
                  "structure",
                  Structure.UNSTRUCTURED,
                  "unstructured sets single weights to zero; structured takes whole channels out,"
                      + " which makes the model faster.",
                  "RD-prune"),
              choice(
                  "allocation",
                  Allocation.DP,
                  "How that is shared out: dp minimises the sum of the measured distortions;"
                      + " uniform, uniform-plus, erk, lamp and global are the usual rules.",
                  "RD-prune: dp"),
              choice(
                  "distortion",
                  Distortion.MEAN,
                  "Of the outputs: mean square of the difference over all samples, for which"
                      + " distortions of layers add up; that of the worst sample; or the mean of 1"
                      + " − cos² of each row, which forgives that outputs shrink.",
                  "RD-prune proves mean, its commands use worst; angle is ours"),
              choice(
                  "saliency",
                  Saliency.MAGNITUDE,
                  "Which weights of a layer go: magnitude; or sparsegpt and m-fac, which move what is"
                      + " lost into the others and need data: sparsegpt for the layer's own outputs,"
                      + " m-fac for the model's, by gradients of them.",
                  "RD-prune: magnitude"),
              whole(
                  "gradients",
                  1,
                  1 << 16,
                  128,
                  "m-fac only: how many are taken, on the samples in turn; more are better. Each"
                      + " costs a run forward and back, and 4 bytes a weight on the disk.",
                  "M-FAC: 64 to 1024"),
              whole(
                  "rounds",
                  1,
                  100,
                  1,
                  "Prunings up to the sparsity, each measured on what the one before left.",
                  "RD-prune: 1 (one-shot) or 20"),
              whole(
                  "distill-steps",
                  0,
                  10_000_000,
                  0,
                  "Batches from which the remaining weights learn to make what the original makes,"
                      + " over all rounds; 0 = no learning.",
                  "RD-prune: 40,000 a round with labels"),
              choice(
                  "objective",
                  Objective.DISTILL,
                  "What is learnt from: what the original makes, or the labels of the data.",
                  "RD-prune: labels"),
              whole("batch", 1, 4096, 32, "Samples in a batch of learning.", "ours"),
              number(
                  "learning-rate",
                  0,
                  1,
                  0.01,
                  "How far a weight moves in the first step, as a share of its layer's root mean"
                      + " square; falls to 0 along a line in each round.",
                  "ours"),
              whole(
                  "samples",
                  1,
                  1_000_000,
                  128,
                  "Calibration samples, evenly spread, on which curves are measured.",
                  "RD-prune: 20 to 1024"),
              whole(
                  "refine",
                  0,
                  100,
                  4,
                  "dp only: how often each layer is measured again around its share, all others"
                      + " pruned as they are, and the total shared out anew; kept where the"
                      + " distortion of all together falls.",
                  "ours; RD-prune: 0"),
              flag(
                  "zero-data",
                  false,
                  "Measure curves on normal noise, for models whose inputs are real numbers.",
                  "RD-prune, section 4.4"),
              choice(
                  "storage",
                  Storage.MASK,
                  "What the file holds of a pruned weight: mask = a bit for each weight and the"
                      + " values that are left, mask-8bit = these in 8 bits, dense = all of them,"
                      + " for a step that quantizes afterwards.",
                  "least bytes without loss"),
              whole(
                  "trials",
                  0,
                  100_000,
                  0,
                  "Random configurations on which predicted and measured distortion are compared;"
                      + " the report gives the rank correlation.",
                  "RD-prune, figure 2")),
          PruneOptions::of);

  @Override
  public boolean needsCalibration() {
    return !zeroData
        && (isStructured()
            || allocation == Allocation.DP
            || saliency != Saliency.MAGNITUDE
            || distillSteps > 0
            || trials > 0);
  }

  private static PruneOptions of(OptionValues v) {
    PruneOptions made =
        new PruneOptions(
            v.number("sparsity"),
            v.choice("structure", Structure.class),
            v.choice("allocation", Allocation.class),
            v.choice("distortion", Distortion.class),
            v.choice("saliency", Saliency.class),
            v.whole("gradients"),
            v.whole("rounds"),
            v.whole("distill-steps"),
            v.choice("objective", Objective.class),
            v.whole("batch"),
            v.number("learning-rate"),
            v.whole("samples"),
            v.whole("refine"),
            v.flag("zero-data"),
            v.choice("storage", Storage.class),
            v.whole("trials"));
    if (made.zeroData() && made.distillSteps() > 0) {
      throw v.reject(
          "zero-data",
          "zero-data contradicts distill-steps %d: noise teaches nothing"
              .formatted(made.distillSteps()),
          "leave out one of them");
    }
    if (made.zeroData() && made.saliency() == Saliency.SPARSEGPT) {
      throw v.reject(
          "zero-data", "zero-data contradicts saliency: sparsegpt, which needs data", "");
    }
    if (made.saliency() != Saliency.M_FAC && v.isChosen("gradients")) {
      throw v.reject("gradients", "gradients means nothing without saliency: m-fac", "remove it");
    }
    made.refuseStructured(v);
    for (String name : List.of("objective", "batch", "learning-rate")) {
      if (made.distillSteps() == 0 && v.isChosen(name)) {
        throw v.reject(
            name, name + " means nothing without distill-steps", "remove it, or set distill-steps");
      }
    }
    return made;
  }

  /** Whether whole channels go. */
  public boolean isStructured() {
    return structure == Structure.STRUCTURED;
  }

  private void refuseStructured(OptionValues v) {
    if (!isStructured()) {
      return;
    }
    if (allocation != Allocation.DP && allocation != Allocation.UNIFORM) {
      throw v.reject(
          "allocation",
          "allocation ranks single weights; structured takes dp or uniform",
          "remove it, or set structure: unstructured");
    }
    for (String name : List.of("saliency", "rounds", "storage", "trials", "refine")) {
      if (v.isChosen(name)) {
        throw v.reject(name, name + " means nothing to structure: structured", "remove it");
      }
    }
  }
}
