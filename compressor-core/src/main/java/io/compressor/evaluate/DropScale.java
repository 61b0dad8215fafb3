package io.compressor.evaluate;

/**
 * What a limit on a drop counts in. Metrics that live on a fixed scale (accuracies, correlations,
 * F1) drop in their own units: 0.005 on top1 is half a percentage point. Errors without an upper
 * end (perplexity, mse, mae) have no natural unit, so their drop is a share of the base's value:
 * 0.005 on perplexity allows 20.0 to become 20.1.
 */
public enum DropScale {
  ABSOLUTE,
  RELATIVE
}
