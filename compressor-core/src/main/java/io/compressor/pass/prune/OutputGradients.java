package io.compressor.pass.prune;

import io.compressor.autodiff.GradientModel;
import io.compressor.autodiff.GradientRequest;
import io.compressor.autodiff.Gradients;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import io.compressor.pass.PassScope;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Gradients of the outputs along random directions: with ±1 for each element of an output, the mean
 * of g gᵀ is the Gauss-Newton matrix JᵀJ of half the squared distance from the outputs as they are.
 * Takes no labels. M-FAC uses gradients of the loss on labels instead.
 *
 * <p>They lie in a mapped file of the scratch folder: {@code count} numbers for each weight.
 */
record OutputGradients(Map<String, FloatBuffer> byWeight, int count) {
  FloatBuffer of(PrunedWeight weight) {
    return Objects.requireNonNull(byWeight.get(weight.name())).duplicate();
  }

  /**
   * @param model with the weights as they are now
   * @param feeds batches, taken in turn
   */
  static OutputGradients of(
      PassScope scope,
      Model model,
      List<PrunedWeight> weights,
      List<Map<String, Tensor>> feeds,
      int count,
      long seed) {
    Map<String, String> seeds = new LinkedHashMap<>();
    for (Value output : model.graph().outputs()) {
      boolean number =
          output.type().map(TensorType::elementType).filter(ElementType.FLOAT::equals).isPresent();
      if (number) {
        seeds.put(output.name(), "along/" + output.name());
      }
    }
    if (seeds.isEmpty()) {
      throw new CompressorException(
          ErrorCode.MODEL, "outputs", "none holds float numbers, so there is no gradient", "");
    }
    List<String> names = weights.stream().map(PrunedWeight::name).distinct().toList();
    GradientModel gradients = Gradients.of(model, GradientRequest.products(seeds, names));
    Map<String, FloatBuffer> stored = file(scope.files().scratch(), weights, count);
    SessionSettings settings = SessionSettings.withThreads(scope.engine().parallelism());
    scope.progress().begin("gradients", count);
    try (RuntimeSession forward = RuntimeSession.open(model, settings);
        RuntimeSession session = RuntimeSession.open(gradients.model(), settings)) {
      SplittableRandom random = new SplittableRandom(seed);
      for (int g = 0; g < count; g++) {
        scope.progress().checkCancelled();
        Map<String, Tensor> all = new LinkedHashMap<>(feeds.get(g % feeds.size()));
        Map<String, Tensor> made = forward.run(all);
        seeds.forEach(
            (output, input) ->
                all.put(input, signs(input, Objects.requireNonNull(made.get(output)), random)));
        weights.forEach(w -> all.put(w.name(), w.tensor()));
        Map<String, Tensor> found = session.run(all, gradients.gradients().values());
        for (PrunedWeight weight : weights) {
          float[] one =
              Objects.requireNonNull(found.get(gradients.gradient(weight.name()))).toFloats();
          Objects.requireNonNull(stored.get(weight.name())).put(g * one.length, one);
        }
        scope.progress().advance(1);
      }
    }
    return new OutputGradients(stored, count);
  }

  private static Tensor signs(String name, Tensor like, SplittableRandom random) {
    float[] signs = new float[Math.toIntExact(like.elements())];
    for (int i = 0; i < signs.length; i++) {
      signs[i] = random.nextBoolean() ? 1 : -1;
    }
    return Tensor.ofFloats(name, like.dims(), signs);
  }

  private static Map<String, FloatBuffer> file(Path folder, List<PrunedWeight> weights, int count) {
    Map<String, FloatBuffer> stored = new LinkedHashMap<>();
    try (FileChannel channel =
        FileChannel.open(
            Files.createTempFile(folder, "gradients", ".bin"),
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE)) {
      long at = 0;
      for (PrunedWeight weight : weights) {
        long bytes = 4L * count * weight.size();
        stored.put(
            weight.name(),
            channel
                .map(FileChannel.MapMode.READ_WRITE, at, bytes)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer());
        at += bytes;
      }
      return stored;
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO, folder.toString(), "cannot be written: " + e.getMessage(), "", e);
    }
  }
}
