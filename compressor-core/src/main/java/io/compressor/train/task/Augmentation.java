package io.compressor.train.task;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Variations of images [n, …, height, width]: moved by up to {@code pad} pixels each way, what
 * comes in is {@code fill}, and mirrored left to right every other time. What happens to a sample
 * follows from seed, epoch and the sample's number alone.
 *
 * @param input the model input that holds the images
 * @param pad pixels; 0 = not moved
 * @param flip whether images are mirrored
 * @param fill value of pixels outside the image, in the input's own units
 */
public record Augmentation(String input, int pad, boolean flip, float fill) {
  public Augmentation {
    if (pad < 0) {
      throw new IllegalArgumentException("pad " + pad);
    }
  }

  /**
   * Replaces the images of a batch.
   *
   * @param samples number of each image in the data set
   */
  void apply(Map<String, Tensor> feeds, int[] samples, long seed, int epoch) {
    Tensor images = feeds.get(input);
    if (images == null || images.type() != ElementType.FLOAT || images.rank() < 3) {
      throw new CompressorException(
          ErrorCode.USAGE,
          input,
          (images == null ? "is no input" : "is " + images)
              + "; images are varied as float [n, …, height, width]",
          "leave augmentation out, or name the input that holds the images");
    }
    long[] dims = images.dims();
    int height = Math.toIntExact(dims[dims.length - 2]);
    int width = Math.toIntExact(dims[dims.length - 1]);
    int perImage = Math.toIntExact(images.elements() / dims[0]);
    ByteBuffer made =
        ByteBuffer.allocateDirect(Math.toIntExact(images.byteCount()))
            .order(ByteOrder.LITTLE_ENDIAN);
    FloatBuffer to = made.asFloatBuffer();
    FloatBuffer from = images.data().buffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] image = new float[perImage];
    for (int i = 0; i < samples.length; i++) {
      SplittableRandom random =
          new SplittableRandom(
              seed ^ 0xbf58476d1ce4e5b9L * (samples[i] + 1L) ^ 0x94d049bb133111ebL * (epoch + 1L));
      int down = random.nextInt(2 * pad + 1) - pad;
      int right = random.nextInt(2 * pad + 1) - pad;
      boolean mirrored = flip && random.nextBoolean();
      from.get(i * perImage, image);
      to.put(i * perImage, varied(image, height, width, down, right, mirrored));
    }
    feeds.put(input, Tensor.of(input, ElementType.FLOAT, dims, io.compressor.ir.Bytes.of(made)));
  }

  private float[] varied(
      float[] image, int height, int width, int down, int right, boolean mirrored) {
    float[] out = new float[image.length];
    for (int plane = 0; plane < image.length; plane += height * width) {
      for (int y = 0; y < height; y++) {
        int row = y + down;
        for (int x = 0; x < width; x++) {
          int column = (mirrored ? width - 1 - x : x) + right;
          boolean inside = row >= 0 && row < height && column >= 0 && column < width;
          out[plane + y * width + x] = inside ? image[plane + row * width + column] : fill;
        }
      }
    }
    return out;
  }
}
