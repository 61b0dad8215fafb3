package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import java.util.List;

/**
 * Losses as emitted nodes. Each returns a scalar. A row is everything along the last axis; a mask
 * has one number a row, 1 to count it and 0 to leave it out, and broadcasts. All are means over
 * counted rows.
 */
public final class Losses {
  private static final Attribute LAST = Attribute.of("axis", -1L);
  private static final Attribute ALL_GO = Attribute.of("keepdims", 0L);

  private Losses() {}

  /** Mean of the squared differences of two values of one shape. */
  public static String mse(Tape t, String prediction, String target) {
    String difference = t.sub(prediction, target);
    return mean(t, t.mul(difference, difference));
  }

  /** Squared differences averaged within rows, then over the rows of a mask. */
  public static String mse(Tape t, String prediction, String target, String mask) {
    String difference = t.sub(prediction, target);
    String rows = t.node("ReduceMean", List.of(t.mul(difference, difference), t.longs(-1)), ALL_GO);
    return weighted(t, rows, mask);
  }

  /**
   * −log softmax(logits)[label], averaged over rows with a label.
   *
   * @param logits […, classes]
   * @param labels int64 […]; rows with a negative label do not count
   */
  public static String crossEntropy(Tape t, String logits, String labels) {
    String zero = t.whole(0);
    String known = t.node("GreaterOrEqual", List.of(labels, zero));
    String safe = t.where(known, labels, zero);
    String logs = t.node("LogSoftmax", List.of(logits), LAST);
    String picked = t.node("GatherElements", List.of(logs, t.unsqueeze(safe, -1)), LAST);
    return weighted(t, t.neg(t.squeeze(picked, -1)), t.number(known));
  }

  /**
   * Distillation (Hinton, Vinyals, Dean 2015, section 2): T²·KL(softmax(teacher/T) ‖
   * softmax(logits/T)), averaged over rows; the factor keeps gradients as large as those of labels.
   *
   * @param teacher logits in the shape of {@code logits}; no gradient is meant to pass
   */
  public static String kl(Tape t, String logits, String teacher, double temperature) {
    return mean(t, klRows(t, logits, teacher, temperature));
  }

  public static String kl(Tape t, String logits, String teacher, double temperature, String mask) {
    return weighted(t, klRows(t, logits, teacher, temperature), mask);
  }

  private static String klRows(Tape t, String logits, String teacher, double temperature) {
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("temperature " + temperature + " is not positive");
    }
    String own = t.node("LogSoftmax", List.of(t.mul(logits, 1 / temperature)), LAST);
    String wanted = t.node("LogSoftmax", List.of(t.mul(teacher, 1 / temperature)), LAST);
    String parts = t.mul(t.unary("Exp", wanted), t.sub(wanted, own));
    return t.mul(t.sum(parts, -1), temperature * temperature);
  }

  /** 1 − cos of the angle between rows, averaged; a row of zeros has cosine 0 with all. */
  public static String cosine(Tape t, String a, String b) {
    return mean(t, cosineRows(t, a, b));
  }

  public static String cosine(Tape t, String a, String b, String mask) {
    return weighted(t, cosineRows(t, a, b), mask);
  }

  private static String cosineRows(Tape t, String a, String b) {
    String product = t.sum(t.mul(a, b), -1);
    String squares = t.mul(t.sum(t.mul(a, a), -1), t.sum(t.mul(b, b), -1));
    double least = t.type() == ElementType.DOUBLE ? 1e-200 : 1e-30;
    String norm = t.unary("Sqrt", t.node("Max", List.of(squares, t.number(least))));
    return t.sub(t.number(1), t.div(product, norm));
  }

  private static String mean(Tape t, String values) {
    return t.node("ReduceMean", List.of(values), ALL_GO);
  }

  /** Σ mask·value / Σ mask; 0 when the mask is all zeros. */
  private static String weighted(Tape t, String values, String mask) {
    String zeros = t.zerosLike(values);
    String weights = t.add(mask, zeros);
    String count = t.node("Max", List.of(t.sum(weights), t.number(1e-12)));
    return t.div(t.sum(t.mul(values, weights)), count);
  }
}
