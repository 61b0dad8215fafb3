package io.compressor.recipe;

import static io.compressor.recipe.OptionSpec.choice;
import static io.compressor.recipe.OptionSpec.flag;
import static io.compressor.recipe.OptionSpec.number;
import static io.compressor.recipe.OptionSpec.whole;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Options of the {@code bct} pass.
 *
 * @param block side of a block, 0 = the whole tensor; empty = chosen for each tensor by its SQNR
 * @param bits of a weight where {@code ratio} does not decide, 2 to 8
 * @param scale which numbers scales may be
 * @param search whether each block takes the scale with the least squared error
 * @param codes what the codes of a file of a given ratio stand for
 * @param ratio how many times smaller the whole file has to be; 0 = whatever the bits give
 * @param vectors bits of biases and norm parameters: 32 leaves them, 16 halves them
 * @param arithmetic how products are computed
 * @param bands of rows of an embedding table that get levels of their own
 * @param components what is compressed
 */
public record BctOptions(
    OptionalInt block,
    int bits,
    Scale scale,
    boolean search,
    Codes codes,
    double ratio,
    int vectors,
    Multiplication arithmetic,
    int bands,
    List<Component> components)
    implements PassOptions {

  /** Which numbers the scale of a block may be. */
  public enum Scale {
    POWER_OF_TWO,
    EXACT
  }

  /** What codes stand for where {@code ratio} decides how many there are. */
  public enum Codes {
    INTEGERS,
    GAUSSIAN
  }

  /** How a written weight is multiplied. */
  public enum Multiplication {
    INT8,
    TOKEN,
    FLOAT
  }

  /** What can be compressed, each on its own. */
  public enum Component {
    WEIGHTS,
    EMBEDDINGS,
    /** Products of 8-bit codes with 32-bit sums, an exponent for each block. */
    MATMUL,
    /** GELU from a table. */
    GELU,
    /** Exponentials from a table, one integer division for each entry. */
    SOFTMAX,
    /** LayerNorm and RMSNorm with 64-bit sums and an inverse root from a table. */
    LAYERNORM,
    /** Sums of two activations and what norms make, in 8 bits. */
    INTERMEDIATES
  }

  private static final String AUTO = "auto";
  private static final String FULL = "full";
  private static final List<String> BLOCKS = List.of(AUTO, "16", "32", "64", "128", FULL);

  private static final int DEFAULT_BITS = 4;

  static final PassDescriptor DESCRIPTOR =
      new PassDescriptor(
          "bct",
          "Compresses every tensor of a transformer in blocks with a scale each, without data and"
              + " without training.",
          "Dong and Chen 2023 (BCT, arXiv:2304.01483)",
          List.of(
              new OptionSpec(
                  "block",
                  new OptionType.Choice(BLOCKS),
                  Optional.of(new OptionValue.Text("64")),
                  "Side of a block that shares a scale; full = the whole tensor; auto = for each"
                      + " tensor the shape with the least error for its bytes, rows among them.",
                  "BCT: blocks of 64 keep 4 bits at 7.99 times"),
              whole(
                  "bits",
                  2,
                  8,
                  DEFAULT_BITS,
                  "Bits of a weight; with ratio each tensor gets its own.",
                  "BCT"),
              choice(
                  "scale",
                  Scale.POWER_OF_TWO,
                  "power-of-two makes dequantization a shift; exact costs the same room and is up"
                      + " to 6 dB better.",
                  "BCT"),
              flag(
                  "search",
                  false,
                  "Take the scale of each block with the least squared error instead of the one at"
                      + " which nothing is clipped.",
                  "ours"),
              choice(
                  "codes",
                  Codes.INTEGERS,
                  "With ratio: integers are evenly spaced levels, gaussian the levels with the least"
                      + " error for normally distributed weights.",
                  "BCT: integers"),
              number(
                  "ratio",
                  0,
                  64,
                  0,
                  "How many times smaller the whole file has to be: 6 to 255 levels are given to"
                      + " each tensor where they lower the error most; 0 = bits everywhere.",
                  "BCT reports 7.988"),
              whole(
                  "vectors",
                  16,
                  32,
                  32,
                  "Bits of biases and norm parameters in the file: 32 leaves them, 16 halves them.",
                  ""),
              choice(
                  "arithmetic",
                  Multiplication.INT8,
                  "int8 rounds the input of each product at run time and is fast, token each row of it"
                      + " on its own; float multiplies restored weights.",
                  "fastest kernel of ORT's CPU provider"),
              whole(
                  "bands",
                  1,
                  4,
                  1,
                  "Bands of rows of an embedding table, each with levels of its own: vocabularies are"
                      + " ordered by frequency, and with ratio the rows that are read most get the"
                      + " most levels.",
                  "ours"),
              new OptionSpec(
                  "components",
                  new OptionType.Many(OptionType.choice(Component.class)),
                  Optional.of(
                      new OptionValue.Many(
                          List.of(
                              new OptionValue.Text("weights"),
                              new OptionValue.Text("embeddings")))),
                  "What is compressed: weights and embeddings in the file; the others are computed in"
                      + " integers with exponents found at run time, which is slower than float.",
                  "BCT compresses everything")),
          BctOptions::of);

  public BctOptions {
    components = List.copyOf(components);
  }

  /** The defaults. */
  public static BctOptions defaults() {
    return of(
        OptionValues.read(
            DESCRIPTOR.options(),
            new ConfigNode.Mapping(java.util.Map.of(), Origin.DEFAULT),
            DESCRIPTOR.name()));
  }

  public boolean has(Component component) {
    return components.contains(component);
  }

  @Override
  public boolean needsCalibration() {
    return false;
  }

  private static BctOptions of(OptionValues v) {
    String block = v.textIfSet("block").orElse(AUTO);
    BctOptions o =
        new BctOptions(
            block.equals(AUTO)
                ? OptionalInt.empty()
                : OptionalInt.of(block.equals(FULL) ? 0 : Integer.parseInt(block)),
            v.whole("bits"),
            v.choice("scale", Scale.class),
            v.flag("search"),
            v.choice("codes", Codes.class),
            v.number("ratio"),
            v.whole("vectors"),
            v.choice("arithmetic", Multiplication.class),
            v.whole("bands"),
            v.texts("components").stream()
                .map(c -> Component.valueOf(c.toUpperCase(java.util.Locale.ROOT)))
                .toList());
    if (o.vectors != 16 && o.vectors != 32) {
      throw v.reject("vectors", "vectors is '%d', expected 16 or 32".formatted(o.vectors), "");
    }
    if (o.ratio > 0 && o.ratio <= 1) {
      throw v.reject("ratio", "ratio %s would not make the file smaller".formatted(o.ratio), "");
    }
    if (o.ratio > 0 && v.isChosen("bits")) {
      throw v.reject(
          "bits",
          "bits contradicts ratio, with which each tensor gets its own",
          "remove one of them");
    }
    if (o.components.isEmpty()) {
      throw v.reject("components", "components is empty: nothing would be compressed", "");
    }
    return o;
  }
}
