package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import io.compressor.formats.data.ImageOptions.Color;
import io.compressor.formats.data.ImageOptions.Layout;
import io.compressor.formats.data.ImageOptions.Size;
import io.compressor.ir.ElementType;
import io.compressor.ir.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How a picture becomes one model's input.
 *
 * @param resize what pictures are resized to
 * @param height and {@code width} of what is left after the crop
 * @param scale by channel of the output: value = pixel · scale + shift
 */
record ImagePlan(
    ElementType type,
    Layout layout,
    Color color,
    Size resize,
    int height,
    int width,
    double[] scale,
    double[] shift) {

  static ImagePlan of(DataSource source, Value input, List<String> notes) {
    ImageOptions options = source.images();
    int rank = Shapes.rank(input).orElse(4);
    int first = rank - 3;
    Layout layout = options.layout().orElseGet(() -> layout(input, first));
    int channelAxis = layout == Layout.NCHW ? first : first + 2;
    int heightAxis = layout == Layout.NCHW ? first + 1 : first;
    OptionalLong channels = Shapes.fixed(input, channelAxis);
    Color color = options.color().orElse(channels.orElse(3) == 1 ? Color.GRAY : Color.RGB);
    Size model =
        both(Shapes.fixed(input, heightAxis), Shapes.fixed(input, heightAxis + 1)).orElse(null);
    Optional<Size> crop = options.crop().or(() -> Optional.ofNullable(model));
    Size resize = options.size().or(() -> crop).orElseThrow(() -> unknownSize(source, input));
    int height = crop.map(Size::height).orElse(resize.height());
    int width = crop.map(ImagePlan::widthOf).orElse(widthOf(resize));
    if (height > resize.height() || width > widthOf(resize)) {
      throw BadData.in(
          source.origin() + ":preprocess.crop",
          "crop of %dx%d exceeds the size %s".formatted(height, width, spell(resize)),
          "resize to at least the crop");
    }
    ElementType type = Shapes.tensor(input, source.origin()).elementType();
    boolean whole = !type.isFloat();
    if (options.scale().isEmpty() && !whole) {
      notes.add("pixels divided by 255 (scale not given)");
    }
    double[][] affine = affine(source, color, options.scale().orElse(whole ? 1 : 1 / 255.0));
    return new ImagePlan(type, layout, color, resize, height, width, affine[0], affine[1]);
  }

  private static Optional<Size> both(OptionalLong height, OptionalLong width) {
    return height.isPresent() && width.isPresent()
        ? Optional.of(
            new Size(
                Math.toIntExact(height.getAsLong()),
                OptionalInt.of(Math.toIntExact(width.getAsLong()))))
        : Optional.empty();
  }

  private static int widthOf(Size size) {
    return size.width().orElse(size.height());
  }

  static String spell(Size size) {
    return size.width().isPresent()
        ? size.height() + "x" + size.width().getAsInt()
        : size.height() + " (shorter side)";
  }

  private static CompressorException unknownSize(DataSource source, Value input) {
    return BadData.in(
        source.origin(),
        "model input " + Shapes.spell(input) + " takes any picture size",
        "write 'preprocess: { size: [224, 224] }' in a data.yaml");
  }

  /** Channels are the axis of 1 or 3; first where nothing tells. */
  private static Layout layout(Value input, int first) {
    return isChannels(Shapes.fixed(input, first + 2)) && !isChannels(Shapes.fixed(input, first))
        ? Layout.NHWC
        : Layout.NCHW;
  }

  private static boolean isChannels(OptionalLong size) {
    return size.isPresent() && (size.getAsLong() == 1 || size.getAsLong() == 3);
  }

  private static double[][] affine(DataSource source, Color color, double pixelScale) {
    double[] mean = perChannel(source, "mean", source.images().mean(), color, 0);
    double[] std = perChannel(source, "std", source.images().std(), color, 1);
    double[] scale = Arrays.stream(std).map(s -> pixelScale / s).toArray();
    double[] shift = new double[mean.length];
    Arrays.setAll(shift, c -> -mean[c] / std[c]);
    return new double[][] {scale, shift};
  }

  private static double[] perChannel(
      DataSource source, String key, List<Double> values, Color color, double fallback) {
    if (values.size() > 1 && values.size() != color.channels()) {
      throw BadData.in(
          source.origin() + ":preprocess." + key,
          values.size() + " values for " + color.channels() + " channels",
          "give one value, or one a channel");
    }
    double[] out = new double[color.channels()];
    Arrays.setAll(out, c -> values.isEmpty() ? fallback : values.get(values.size() == 1 ? 0 : c));
    return out;
  }

  long[] dims() {
    return layout == Layout.NCHW
        ? new long[] {color.channels(), height, width}
        : new long[] {height, width, color.channels()};
  }
}
