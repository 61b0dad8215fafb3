package io.compressor.evaluate;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.Arrays;
import java.util.Locale;

/**
 * exp of the mean negative log likelihood of the next token. Position t predicts token t + 1; both
 * have to be unmasked. Texts weigh by their tokens; the unit of resampling is the text.
 */
enum Perplexity implements ScoredMetric.OfModel {
  PERPLEXITY;

  @Override
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public Direction direction() {
    return Direction.LOWER_IS_BETTER;
  }

  @Override
  public DropScale dropScale() {
    return DropScale.RELATIVE;
  }

  @Override
  public int columns() {
    return 2;
  }

  @Override
  public void score(ModelOutput output, int row, int sample, Truth truth, double[] into) {
    Tokens tokens = output.tokens();
    long[] ids = tokens.ids();
    if (ids == null || output.shape().length != 3 || tokens.length() != output.positions()) {
      throw new CompressorException(
          ErrorCode.MODEL,
          output.name(),
          "output has shape %s; perplexity needs [batch, tokens, vocabulary] beside input_ids"
              .formatted(Arrays.toString(output.shape())),
          "name the output with the logits of every token");
    }
    double loss = 0;
    int predicted = 0;
    for (int t = 0; t + 1 < output.positions(); t++) {
      if (output.counts(row, t) && output.counts(row, t + 1)) {
        long next = ids[row * tokens.length() + t + 1];
        if (next < 0 || next >= output.width()) {
          throw truth.unfit(
              "token %d of sample %d is %d, but the model predicts 0 to %d"
                  .formatted(t + 1, sample, next, output.width() - 1),
              "use the tokenizer of this model");
        }
        int at = output.offset(row, t);
        loss += output.logSumExp(at) - output.values()[at + (int) next];
        predicted++;
      }
    }
    into[0] = loss;
    into[1] = predicted;
  }

  @Override
  public Statistic statistic(SampleTable table) {
    return Statistic.ratio(table.column(0), table.column(1), Math::exp);
  }
}
