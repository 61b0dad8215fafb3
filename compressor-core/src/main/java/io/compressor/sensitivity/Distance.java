package io.compressor.sensitivity;

import io.compressor.autodiff.Losses;
import io.compressor.autodiff.Tape;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How far outputs are from the original's. A row is everything along the last axis. Sums are taken
 * in double precision, because single layers at 8 bits move a loss by 10⁻⁴ of itself.
 */
public enum Distance {
  /** Σ(s − t)² / Σt², over all rows together. */
  MSE {
    @Override
    String write(Tape tape, String output, String target, String mask) {
      return Losses.mse(tape, output, target, mask);
    }

    @Override
    double row(Row t, Row s) {
      double sum = 0;
      for (int i = 0; i < t.width(); i++) {
        double d = s.at(i) - t.at(i);
        sum += d * d;
      }
      return sum;
    }

    @Override
    double share(Row t) {
      double sum = 0;
      for (int i = 0; i < t.width(); i++) {
        sum += t.at(i) * t.at(i);
      }
      return sum;
    }

    @Override
    double scale(int width) {
      return width;
    }
  },
  /** KL(softmax t ‖ softmax s), the mean over rows: for outputs that are logits. */
  KL {
    @Override
    String write(Tape tape, String output, String target, String mask) {
      return Losses.kl(tape, output, target, 1, mask);
    }

    @Override
    double row(Row t, Row s) {
      double of = t.logSum();
      double to = s.logSum();
      double sum = 0;
      for (int i = 0; i < t.width(); i++) {
        double log = t.at(i) - of;
        sum += Math.exp(log) * (log - (s.at(i) - to));
      }
      return sum;
    }
  },
  /** 1 − cos of the angle between rows, the mean. */
  COSINE {
    @Override
    String write(Tape tape, String output, String target, String mask) {
      return Losses.cosine(tape, output, target, mask);
    }

    @Override
    double row(Row t, Row s) {
      double ts = 0;
      double tt = 0;
      double ss = 0;
      for (int i = 0; i < t.width(); i++) {
        ts += t.at(i) * s.at(i);
        tt += t.at(i) * t.at(i);
        ss += s.at(i) * s.at(i);
      }
      return 1 - ts / Math.sqrt(Math.max(1e-200, tt * ss));
    }
  };

  /** The same on a tape: the mean over the rows that the mask counts. */
  abstract String write(Tape tape, String output, String target, String mask);

  /** What one row adds. */
  abstract double row(Row t, Row s);

  /** What one row adds to that which the sum is divided by. */
  double share(Row t) {
    return 1;
  }

  /** What {@link #write} has to be multiplied with, a row, to be {@link #row}. */
  double scale(int width) {
    return 1;
  }

  /** One row of an output. */
  record Row(ByteBuffer data, boolean wide, int from, int width) {
    static Row first(Tensor of, int width) {
      ByteBuffer data = of.data().buffer().order(ByteOrder.LITTLE_ENDIAN);
      return new Row(data, of.type() == ElementType.DOUBLE, 0, width);
    }

    Row at(long row) {
      return new Row(data, wide, Math.toIntExact(row * width), width);
    }

    double at(int i) {
      return wide ? data.getDouble(8 * (from + i)) : data.getFloat(4 * (from + i));
    }

    double logSum() {
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < width; i++) {
        most = Math.max(most, at(i));
      }
      double sum = 0;
      for (int i = 0; i < width; i++) {
        sum += Math.exp(at(i) - most);
      }
      return most + Math.log(sum);
    }
  }
}
