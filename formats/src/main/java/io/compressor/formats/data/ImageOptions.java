package io.compressor.formats.data;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Picture preprocessing: resize, centre crop, then {@code (pixel · scale − mean) / std} a channel.
 *
 * @param size what pictures are resized to; empty takes the model's height and width
 * @param crop height and width of the centre crop after the resize; empty crops to the model's
 *     height and width where the resize left more
 * @param mean per channel, in scaled units; one value serves all channels; empty means 0
 * @param std per channel like {@code mean}; empty means 1
 * @param scale factor of the 0..255 pixels; empty means 1/255 for float inputs, 1 for integer ones
 * @param layout order of the axes; empty lets the model's shape tell
 */
public record ImageOptions(
    Optional<Size> size,
    Optional<Size> crop,
    List<Double> mean,
    List<Double> std,
    OptionalDouble scale,
    Optional<Layout> layout,
    Optional<Color> color) {
  public ImageOptions {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
  }

  /** Nothing said: everything from the model. */
  public static ImageOptions standard() {
    return new ImageOptions(
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        OptionalDouble.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * Height and width in pixels; without a width, the length of the shorter side with the aspect
   * ratio kept.
   */
  public record Size(int height, OptionalInt width) {}

  /** Order of the axes of the input. */
  public enum Layout {
    NCHW,
    NHWC
  }

  /** Channels and their order. */
  public enum Color {
    RGB(3),
    BGR(3),
    GRAY(1);

    private final int channels;

    Color(int channels) {
      this.channels = channels;
    }

    int channels() {
      return channels;
    }
  }
}
