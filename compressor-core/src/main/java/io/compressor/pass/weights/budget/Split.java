package io.compressor.pass.weights.budget;

import io.compressor.formats.data.Dataset;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Calibration samples in two parts, so that what decides was not looked at before.
 *
 * @param sensitivity evenly spread samples
 * @param heldOut all others
 * @param warning where there are too few to part
 */
public record Split(Dataset sensitivity, Dataset heldOut, Optional<String> warning) {
  private static final int FEWEST = 8;

  public static Split of(Dataset data, int samples) {
    int unit = data.pairs() ? 2 : 1;
    int units = data.size() / unit;
    int wanted = Math.max(1, Math.min(samples / unit, units / 2));
    if (units < 2 * FEWEST) {
      return new Split(
          data,
          data,
          Optional.of(
              "%d calibration samples are too few to hold some out: sensitivities and the decision"
                      .formatted(data.size())
                  + " use the same ones"));
    }
    boolean[] first = new boolean[units];
    for (int i = 0; i < wanted; i++) {
      first[(int) ((long) i * units / wanted)] = true;
    }
    return new Split(
        pick(data, first, true, unit), pick(data, first, false, unit), Optional.empty());
  }

  /** At most so many samples, evenly spread; pairs may be parted. */
  public static Dataset spread(Dataset data, int most) {
    if (data.size() <= most) {
      return data;
    }
    return data.select(
        IntStream.range(0, most).map(i -> (int) ((long) i * data.size() / most)).toArray());
  }

  private static Dataset pick(Dataset data, boolean[] first, boolean which, int unit) {
    return data.select(
        IntStream.range(0, first.length * unit).filter(i -> first[i / unit] == which).toArray());
  }
}
