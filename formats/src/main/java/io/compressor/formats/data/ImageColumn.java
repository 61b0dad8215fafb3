package io.compressor.formats.data;

import io.compressor.formats.data.ImageOptions.Color;
import io.compressor.formats.data.ImageOptions.Layout;
import io.compressor.ir.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;

/** Pictures, decoded each time they are asked for. */
record ImageColumn(List<Path> files, ImagePlan plan, Stacking stacking) implements Column {
  @Override
  public ElementType type() {
    return plan.type();
  }

  @Override
  public long[] dims(int row) {
    return plan.dims();
  }

  @Override
  public void write(int row, ByteBuffer out) {
    Picture picture = prepared(Picture.read(files.get(row), plan.color().channels()));
    int channels = picture.channels();
    int pixels = picture.width() * picture.height();
    double[] values = new double[pixels * channels];
    for (int i = 0; i < pixels; i++) {
      for (int c = 0; c < channels; c++) {
        int from = plan.color() == Color.BGR ? channels - 1 - c : c;
        double v = (picture.samples()[i * channels + from] & 0xff) * plan.scale()[c];
        values[plan.layout() == Layout.NCHW ? c * pixels + i : i * channels + c] =
            v + plan.shift()[c];
      }
    }
    if (plan.type().isFloat()) {
      NumberCast.encode(values, values.length, out, plan.type());
    } else {
      long[] whole = new long[values.length];
      for (int i = 0; i < whole.length; i++) {
        whole[i] = (long) Math.rint(values[i]);
      }
      NumberCast.encode(whole, whole.length, out, plan.type());
    }
  }

  private Picture prepared(Picture picture) {
    int height = plan.resize().height();
    int width = plan.resize().width().orElse(height);
    if (plan.resize().width().isEmpty()) {
      // The longer side is cut, not rounded, as in torchvision.
      int shorter = Math.min(picture.width(), picture.height());
      height = (int) ((long) height * picture.height() / shorter);
      width = (int) ((long) width * picture.width() / shorter);
    }
    return Resample.to(picture, height, width).centre(plan.height(), plan.width());
  }

  @Override
  public void digest(int row, MessageDigest into) {
    try {
      into.update(Files.readAllBytes(files.get(row)));
    } catch (IOException e) {
      throw BadData.unreadable(files.get(row), e);
    }
  }
}
