package io.compressor.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.compressor.formats.onnx.ModelVerifier;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs models in ONNX Runtime, so that "computes the same" is its word and not ours. */
public final class Ort {
  private Ort() {}

  /** Every output as float32, in declared order. */
  public static List<float[]> run(Model model, Map<String, Tensor> feeds) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.BASIC_OPT);
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      try (OrtSession session = environment.createSession(OnnxWriter.toBytes(model), options)) {
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        for (Map.Entry<String, Tensor> feed : feeds.entrySet()) {
          inputs.put(feed.getKey(), tensor(environment, feed.getValue()));
        }
        try (OrtSession.Result result = session.run(inputs)) {
          List<float[]> outputs = new ArrayList<>();
          for (Map.Entry<String, OnnxValue> output : result) {
            outputs.add(((OnnxTensor) output.getValue()).getFloatBuffer().array());
          }
          return outputs;
        }
      }
    } catch (OrtException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /** Seeded inputs of the declared shapes: normal floats, small non-negative ids. */
  public static Map<String, Tensor> feeds(Model model) {
    Map<String, Tensor> feeds = new LinkedHashMap<>();
    for (Value input : model.graph().requiredInputs()) {
      TensorType type = input.type().orElseThrow();
      long[] dims =
          type.dims().orElseThrow().stream()
              .mapToLong(d -> d instanceof Dim.Fixed f ? f.size() : 2)
              .toArray();
      Tensor floats = Graphs.random("feed " + input.name(), 1, dims);
      feeds.put(input.name(), type.elementType() == ElementType.FLOAT ? floats : ids(floats));
    }
    return feeds;
  }

  /**
   * Both models answer the same.
   *
   * @param relative largest difference allowed, as a part of the largest magnitude in the output
   */
  public static void assertSame(Model before, Model after, double relative) {
    assertEquals(List.of(), ModelVerifier.verify(after));
    Map<String, Tensor> feeds = feeds(before);
    List<float[]> expected = run(before, feeds);
    List<float[]> actual = run(after, feeds);
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertTrue(
          difference(expected.get(i), actual.get(i)) <= relative,
          "output " + i + " differs by " + difference(expected.get(i), actual.get(i)));
    }
  }

  /** max |a - b| / max |a|. */
  public static double difference(float[] a, float[] b) {
    assertEquals(a.length, b.length);
    double worst = 0;
    double largest = 1e-30;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i]));
      double d = Math.abs(a[i] - b[i]);
      worst = Math.max(worst, Float.isNaN(a[i]) != Float.isNaN(b[i]) ? Double.MAX_VALUE : d);
    }
    return worst / largest;
  }

  private static Tensor ids(Tensor floats) {
    float[] values = floats.toFloats();
    long[] ids = new long[values.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Math.round(Math.abs(values[i]));
    }
    return Tensor.ofLongs("", floats.dims(), ids);
  }

  private static OnnxTensor tensor(OrtEnvironment environment, Tensor t) throws OrtException {
    return t.type() == ElementType.FLOAT
        ? OnnxTensor.createTensor(environment, t.data().buffer().asFloatBuffer(), t.dims())
        : OnnxTensor.createTensor(environment, t.data().buffer().asLongBuffer(), t.dims());
  }
}
