package io.compressor.formats.data;

import io.compressor.formats.data.RandomSpec.Distribution;
import io.compressor.ir.ElementType;
import io.compressor.ir.Value;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Made-up values: the same for a seed, an input's name and a sample's number. */
record RandomColumn(String name, RandomSpec spec, ElementType type, long[] shape, Stacking stacking)
    implements Column {

  /** A set for all inputs that are not filled otherwise. */
  static SampleSet read(DataSource source, List<Value> inputs) {
    RandomSpec spec =
        source
            .random()
            .orElseThrow(() -> BadData.in(source.origin(), "no 'random' section", "write one"));
    Map<String, InputRole> roles = InputRole.of(inputs);
    Map<String, Column> columns = new LinkedHashMap<>();
    for (Value input : inputs) {
      InputRole role = roles.getOrDefault(input.name(), InputRole.OTHER);
      boolean made = role == InputRole.OTHER || role == InputRole.IDS;
      if ((made || spec.shapes().containsKey(input.name()))
          && !source.fill().containsKey(input.name())) {
        columns.put(input.name(), of(source, spec, input));
      }
    }
    return SampleSet.of(spec.samples(), columns, List.of(), List.of());
  }

  private static RandomColumn of(DataSource source, RandomSpec spec, Value input) {
    long[] shape = shape(source, spec, input);
    ElementType type = Shapes.tensor(input, source.origin()).elementType();
    if (!type.isFloat() && type != ElementType.BOOL && spec.max() - spec.min() <= 1) {
      throw BadData.in(
          source.origin() + ":random.max",
          "integer input " + Shapes.spell(input) + " would be constant",
          "give 'max', such as the size of the vocabulary");
    }
    return new RandomColumn(
        input.name(), spec, type, shape, Shapes.stacking(input, shape, source.origin()));
  }

  private static long[] shape(DataSource source, RandomSpec spec, Value input) {
    List<Integer> given = spec.shapes().get(input.name());
    if (given != null) {
      return given.stream().mapToLong(Integer::longValue).toArray();
    }
    int rank = Shapes.rank(input).orElse(0);
    long[] shape = new long[Math.max(0, rank - 1)];
    for (int axis = 1; axis < rank; axis++) {
      int at = axis;
      shape[axis - 1] =
          Shapes.fixed(input, axis)
              .orElseThrow(
                  () ->
                      BadData.in(
                          source.origin() + ":random.shapes",
                          "axis %d of %s is free".formatted(at, Shapes.spell(input)),
                          "give 'shapes: { "
                              + input.name()
                              + ": [...] }' without the sample axis"));
    }
    return shape;
  }

  @Override
  public long[] dims(int row) {
    return shape.clone();
  }

  @Override
  public void write(int row, ByteBuffer out) {
    SplittableRandom random =
        new SplittableRandom(mixed(mixed(spec.seed() ^ mixed(name.hashCode())) + row));
    long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    double[] real = new double[1];
    long[] whole = new long[1];
    for (long i = 0; i < count; i++) {
      if (type.isFloat()) {
        real[0] =
            spec.distribution() == Distribution.NORMAL
                ? normal(random)
                : spec.min() + random.nextDouble() * (spec.max() - spec.min());
        NumberCast.encode(real, 1, out, type);
      } else {
        whole[0] =
            type == ElementType.BOOL
                ? random.nextInt(2)
                : (long) Math.floor(spec.min() + random.nextDouble() * (spec.max() - spec.min()));
        NumberCast.encode(whole, 1, out, type);
      }
    }
  }

  /** Scatters neighbouring seeds: SplittableRandom's own streams overlap for related ones. */
  private static long mixed(long seed) {
    long z = seed + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** Box and Muller, with the mathematics that is the same on every machine. */
  private static double normal(SplittableRandom random) {
    double u = 1 - random.nextDouble();
    return StrictMath.sqrt(-2 * StrictMath.log(u))
        * StrictMath.cos(2 * StrictMath.PI * random.nextDouble());
  }
}
