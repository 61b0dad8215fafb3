package io.compressor.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.ir.Bytes;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A model that ONNX Runtime has loaded on the CPU. {@link #run} is thread-safe; {@link #close}
 * waits for the runs in flight.
 */
public final class RuntimeSession implements AutoCloseable {
  private final OrtSession session;
  private final @Nullable LentWeights weights;
  private final List<Value> inputs;
  private final List<Value> outputs;
  private final ReadWriteLock open = new ReentrantReadWriteLock();
  private boolean closed;

  private RuntimeSession(OrtSession session, @Nullable LentWeights weights) throws OrtException {
    this.session = session;
    this.weights = weights;
    this.inputs = values(session.getInputInfo());
    this.outputs = values(session.getOutputInfo());
  }

  /**
   * Opens a model whose weights stay where they are: mapped regions and direct buffers are read in
   * place, the heap never sees them.
   *
   * @throws CompressorException MODEL when ONNX Runtime refuses the graph, naming the node
   */
  public static RuntimeSession open(Model model, SessionSettings settings) {
    byte[] skeleton = OnnxWriter.skeleton(model, LentWeights::isLent);
    OrtEnvironment environment = OrtRuntime.environment();
    LentWeights weights = null;
    try (OrtSession.SessionOptions options = OrtRuntime.options(settings)) {
      weights = LentWeights.of(model, environment);
      if (!weights.tensors().isEmpty()) {
        options.addExternalInitializers(weights.tensors());
      }
      return new RuntimeSession(environment.createSession(skeleton, options), weights);
    } catch (OrtException e) {
      closeAfterFailure(weights);
      throw OrtFailure.opening("model", e);
    } catch (RuntimeException e) {
      closeAfterFailure(weights);
      throw e;
    }
  }

  /**
   * Opens a file exactly as any user of ONNX Runtime would.
   *
   * @throws CompressorException IO when there is no such file, MODEL when ONNX Runtime refuses it
   */
  public static RuntimeSession open(Path file, SessionSettings settings) {
    if (!Files.isRegularFile(file)) {
      throw new CompressorException(
          ErrorCode.IO, file.toString(), "there is no such file", "check the path");
    }
    OrtEnvironment environment = OrtRuntime.environment();
    try (OrtSession.SessionOptions options = OrtRuntime.options(settings)) {
      return new RuntimeSession(environment.createSession(file.toString(), options), null);
    } catch (OrtException e) {
      throw OrtFailure.opening(file.toString(), e);
    }
  }

  /** What must be fed, in model order. Types are empty for anything but tensors. */
  public List<Value> inputs() {
    return inputs;
  }

  /** What comes out, in model order. Types are empty for anything but tensors. */
  public List<Value> outputs() {
    return outputs;
  }

  /** Runs the model and returns every tensor output in model order. */
  public Map<String, Tensor> run(Map<String, Tensor> feeds) {
    return run(feeds, outputs.stream().filter(v -> v.type().isPresent()).map(Value::name).toList());
  }

  /**
   * Runs the model as far as the wanted outputs need it.
   *
   * @param feeds by input name
   * @return the wanted outputs in the order asked for; their bytes are copies, on the heap
   * @throws CompressorException DATA when the feeds do not fit the inputs, RUNTIME when a node
   *     fails
   */
  public Map<String, Tensor> run(Map<String, Tensor> feeds, Collection<String> wanted) {
    Feeds.check(inputs, feeds);
    Set<String> names = new LinkedHashSet<>(wanted);
    names.forEach(this::requireOutput);
    open.readLock().lock();
    try {
      requireOpen();
      return names.isEmpty() ? Map.of() : runNative(feeds, names);
    } finally {
      open.readLock().unlock();
    }
  }

  @Override
  public void close() {
    open.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        session.close();
        if (weights != null) {
          weights.close();
        }
      }
    } catch (OrtException e) {
      throw OrtFailure.running("session", e);
    } finally {
      open.writeLock().unlock();
    }
  }

  /** A run with these feeds that can be timed again and again. */
  Lap lap(Map<String, Tensor> feeds) {
    Feeds.check(inputs, feeds);
    return new Lap(feeds);
  }

  private Map<String, Tensor> runNative(Map<String, Tensor> feeds, Set<String> names) {
    Map<String, OnnxTensor> lent = new LinkedHashMap<>();
    try {
      lend(feeds, lent);
      try (OrtSession.Result result = session.run(lent, names)) {
        return collect(result);
      }
    } catch (OrtException e) {
      throw OrtFailure.running("model", e);
    } finally {
      lent.values().forEach(OnnxTensor::close);
    }
  }

  /** {@link #run} with some inputs and outputs in buffers of the caller's own. */
  Map<String, Tensor> run(
      Map<String, Tensor> feeds,
      Map<String, OnnxTensor> bound,
      Map<String, OnnxTensor> pinned,
      Set<String> wanted) {
    open.readLock().lock();
    Map<String, OnnxTensor> lent = new LinkedHashMap<>();
    try {
      requireOpen();
      lend(feeds, lent);
      Map<String, OnnxTensor> all = new LinkedHashMap<>(bound);
      all.putAll(lent);
      try (OrtSession.Result result = session.run(all, wanted, pinned)) {
        Map<String, Tensor> taken = new LinkedHashMap<>();
        for (String name : wanted) {
          OnnxTensor value = (OnnxTensor) result.get(name).orElseThrow();
          taken.put(name, TensorBridge.take(name, value));
        }
        return taken;
      }
    } catch (OrtException e) {
      throw OrtFailure.running("model", e);
    } finally {
      lent.values().forEach(OnnxTensor::close);
      open.readLock().unlock();
    }
  }

  private static void lend(Map<String, Tensor> feeds, Map<String, OnnxTensor> lent)
      throws OrtException {
    for (Map.Entry<String, Tensor> feed : feeds.entrySet()) {
      lent.put(feed.getKey(), TensorBridge.lend(OrtRuntime.environment(), feed.getValue()));
    }
  }

  private static Map<String, Tensor> collect(OrtSession.Result result) throws OrtException {
    Map<String, Tensor> taken = new LinkedHashMap<>();
    for (Map.Entry<String, OnnxValue> entry : result) {
      if (!(entry.getValue() instanceof OnnxTensor tensor)) {
        throw new CompressorException(
            ErrorCode.MODEL,
            entry.getKey(),
            "output is not a tensor",
            "only tensor outputs can be read; leave this one out");
      }
      taken.put(entry.getKey(), TensorBridge.take(entry.getKey(), tensor));
    }
    return taken;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
  }

  private void requireOutput(String name) {
    if (outputs.stream().noneMatch(v -> v.name().equals(name))) {
      throw new CompressorException(
          ErrorCode.USAGE,
          name,
          "the model has no such output; it has "
              + outputs.stream().map(Value::name).limit(20).toList(),
          "");
    }
  }

  private static List<Value> values(Map<String, NodeInfo> infos) {
    List<Value> values = new ArrayList<>();
    for (NodeInfo info : infos.values()) {
      Optional<TensorType> type =
          info.getInfo() instanceof TensorInfo tensor
              ? Optional.of(TensorBridge.type(tensor))
              : Optional.empty();
      values.add(new Value(info.getName(), type, Bytes.empty()));
    }
    return List.copyOf(values);
  }

  private static void closeAfterFailure(@Nullable LentWeights weights) {
    if (weights != null) {
      weights.close();
    }
  }

  /** Feeds bound once; each {@link #millis()} is one run whose outputs never leave the runtime. */
  final class Lap implements AutoCloseable {
    private final Map<String, OnnxTensor> lent = new LinkedHashMap<>();

    private Lap(Map<String, Tensor> feeds) {
      try {
        lend(feeds, lent);
      } catch (OrtException e) {
        close();
        throw OrtFailure.running("model", e);
      }
    }

    double millis() {
      open.readLock().lock();
      try {
        requireOpen();
        long start = System.nanoTime();
        try (OrtSession.Result result = session.run(lent)) {
          return result.size() >= 0 ? (System.nanoTime() - start) * 1e-6 : 0;
        }
      } catch (OrtException e) {
        throw OrtFailure.running("model", e);
      } finally {
        open.readLock().unlock();
      }
    }

    @Override
    public void close() {
      lent.values().forEach(OnnxTensor::close);
    }
  }
}
