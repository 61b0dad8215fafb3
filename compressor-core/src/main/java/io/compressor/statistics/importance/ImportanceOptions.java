package io.compressor.statistics.importance;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.Locale;

/**
 * How tokens are scored and how scores become row weights (RSQ, arXiv 2503.01820).
 *
 * <p>A score s is mapped within its sequence to r = (s − min) / (max − min) · (rMax − rMin) + rMin;
 * the weight of a Hessian's row is then w = r^exponent, brought to mean 1 when {@code renormalise}.
 * The authors' code has w = r · T / Σr (exponent 1, renormalised), their text w = r² (exponent 2,
 * not renormalised).
 *
 * @param rMin weight of the least important token; 0 ≤ rMin ≤ rMax
 * @param rMax weight of the most important token; positive
 * @param exponent 1 or 2
 * @param renormalise whether the weights of the real tokens of a sequence have mean 1
 * @param sinkQuantile for {@link Mapping#SINK_AWARE}: scores above this quantile of the sequence
 *     count as equal to it; in (0, 1], 1 cuts nothing off
 * @param byCount what attention received is divided by
 */
public record ImportanceOptions(
    Score score,
    double rMin,
    double rMax,
    int exponent,
    boolean renormalise,
    Mapping mapping,
    double sinkQuantile,
    ByCount byCount) {

  /** The window length that the published range of rMin was searched at. */
  private static final int PUBLISHED_WINDOW = 4096;

  /** Five of 256 tokens. */
  private static final double SINK_QUANTILE = 0.98;

  /** What makes a token important. */
  public enum Score {
    /** Attention received: column sums of the attention probabilities over heads and queries. */
    ATTENTION,
    /** Length of the token's vector at the block's input. */
    ACT_NORM,
    /** Distance between the block's input and output; a small change is important. */
    ACT_DIFF,
    /** Mean squared distance to all other tokens at the block's input. */
    TOKEN_SIM,
    /** How often the token id occurs in the data; rare is important. */
    TOKEN_FREQ,
    /** The first eighth of the sequence. */
    FIRST_N,
    /** The first and the last thirty-second of the sequence. */
    FIRST_LAST_N,
    /** All tokens alike. */
    NONE;

    /** As written in recipes and reports. */
    public String spelling() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** How scores become r. */
  public enum Mapping {
    /** Min-max over all real tokens of the sequence. */
    PUBLISHED,
    /**
     * Min-max without the first token, which gets the largest r, and with scores cut at {@link
     * ImportanceOptions#sinkQuantile()}. A few tokens attract most of the attention whatever they
     * say; on short windows the published mapping leaves all others near rMin.
     */
    SINK_AWARE
  }

  /**
   * Divisor of {@link Score#ATTENTION} for causal models, where early tokens can be attended by
   * more queries: n, the number of real tokens that are not before the token. Not for bidirectional
   * ones.
   */
  public enum ByCount {
    NONE,
    /** √n. */
    SQRT,
    /** n. */
    LINEAR
  }

  public ImportanceOptions {
    require(rMax > 0 && rMax <= 1e6, "rMax", rMax, "a positive number, usually 1");
    require(rMin >= 0 && rMin <= rMax, "rMin", rMin, "a number between 0 and rMax");
    require(exponent == 1 || exponent == 2, "exponent", exponent, "1 or 2");
    require(
        sinkQuantile > 0 && sinkQuantile <= 1, "sinkQuantile", sinkQuantile, "a number in (0, 1]");
  }

  /**
   * Attention received, the first token and scores above the 0.98 quantile kept out of the min-max,
   * rMin 0.1.
   *
   * <p>Sinks are not always the first token. SmolLM2-135M, windows of 256 tokens from the middle of
   * a text: in block 20 the first token receives 67 to 75 % of all attention, in block 10 it
   * receives 2 to 3 % and one early "the" 22 to 31 % (three windows).
   */
  public static ImportanceOptions defaults() {
    return published()
        .withMapping(Mapping.SINK_AWARE)
        .withRange(0.1, 1)
        .withSinkQuantile(SINK_QUANTILE);
  }

  /** What the authors' code does: attention received, rMin 0.01, unit mean. */
  public static ImportanceOptions published() {
    return new ImportanceOptions(
        Score.ATTENTION, 0.01, 1, 1, true, Mapping.PUBLISHED, 1, ByCount.NONE);
  }

  public ImportanceOptions withScore(Score value) {
    return new ImportanceOptions(
        value, rMin, rMax, exponent, renormalise, mapping, sinkQuantile, byCount);
  }

  public ImportanceOptions withRange(double min, double max) {
    return new ImportanceOptions(
        score, min, max, exponent, renormalise, mapping, sinkQuantile, byCount);
  }

  public ImportanceOptions withExponent(int value) {
    return new ImportanceOptions(
        score, rMin, rMax, value, renormalise, mapping, sinkQuantile, byCount);
  }

  public ImportanceOptions withRenormalise(boolean value) {
    return new ImportanceOptions(
        score, rMin, rMax, exponent, value, mapping, sinkQuantile, byCount);
  }

  public ImportanceOptions withMapping(Mapping value) {
    return new ImportanceOptions(
        score, rMin, rMax, exponent, renormalise, value, sinkQuantile, byCount);
  }

  public ImportanceOptions withSinkQuantile(double value) {
    return new ImportanceOptions(score, rMin, rMax, exponent, renormalise, mapping, value, byCount);
  }

  public ImportanceOptions withByCount(ByCount value) {
    return new ImportanceOptions(
        score, rMin, rMax, exponent, renormalise, mapping, sinkQuantile, value);
  }

  /**
   * rMin meant for the published windows of 4096 tokens, for windows of {@code length}: rMin ·
   * length, the weight that every window has for sure, stays. At most rMax.
   */
  public ImportanceOptions scaledTo(int length) {
    return withRange(Math.min(rMax, rMin * PUBLISHED_WINDOW / Math.max(1, length)), rMax);
  }

  private static void require(boolean holds, String key, double found, String expected) {
    if (!holds) {
      throw new CompressorException(
          ErrorCode.USAGE, "importance", key + " is " + found, "give " + expected);
    }
  }
}
