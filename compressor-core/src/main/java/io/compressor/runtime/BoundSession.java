package io.compressor.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.compressor.ir.Dim;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A session some of whose float inputs and outputs live in direct buffers that stay the same from
 * run to run: what is written into an input's buffer is read by the next run, and a run writes its
 * outputs in place. Nothing is copied. Not thread-safe, but {@link #forward} and runs of different
 * {@linkplain #lane lanes} may go on side by side.
 */
public final class BoundSession implements AutoCloseable {
  private final Model model;
  private final SessionSettings settings;
  private final RuntimeSession session;
  private final Map<Set<String>, RuntimeSession> ahead = new ConcurrentHashMap<>();
  private final Map<String, OnnxTensor> bound = new LinkedHashMap<>();
  private final Map<String, FloatBuffer> buffers = new LinkedHashMap<>();
  private final Map<String, long[]> outputs = new LinkedHashMap<>();
  private final List<Lane> lanes = new ArrayList<>();

  private BoundSession(Model model, SessionSettings settings) {
    this.model = model;
    this.settings = settings;
    this.session = RuntimeSession.open(model, settings);
  }

  /**
   * @param inputs FLOAT inputs of fixed shape, zero at first
   * @param outputs by name, the input whose shape the output has
   */
  public static BoundSession open(
      Model model,
      Collection<String> inputs,
      Map<String, String> outputs,
      SessionSettings settings) {
    BoundSession made = new BoundSession(model, settings);
    try {
      Map<String, long[]> dims = new LinkedHashMap<>();
      for (Value input : made.session.inputs()) {
        if (inputs.contains(input.name())) {
          dims.put(input.name(), sizes(input));
        }
      }
      dims.forEach((name, d) -> bind(made.bound, made.buffers, name, d));
      outputs.forEach(
          (name, like) -> made.outputs.put(name, Objects.requireNonNull(dims.get(like))));
      made.lane();
      return made;
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }

  /** Buffers of the bound outputs. */
  public final class Lane {
    private final Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
    private final Map<String, FloatBuffer> own = new LinkedHashMap<>();

    private Lane() {}

    /** As {@link BoundSession#run}, into the buffers of this lane. */
    public Map<String, Tensor> run(Map<String, Tensor> feeds, Collection<String> wanted) {
      return session.run(feeds, bound, pinned, new LinkedHashSet<>(wanted));
    }

    /** The buffer of a bound output, in row-major order. */
    public FloatBuffer buffer(String output) {
      return BoundSession.buffer(own, output);
    }
  }

  /** Further buffers for the bound outputs; they go with the session. */
  public Lane lane() {
    Lane lane = new Lane();
    lanes.add(lane);
    outputs.forEach((name, d) -> bind(lane.pinned, lane.own, name, d));
    return lane;
  }

  /** The buffer of a bound input or output, in row-major order. */
  public FloatBuffer buffer(String name) {
    return outputs.containsKey(name) ? lanes.get(0).buffer(name) : buffer(buffers, name);
  }

  private static FloatBuffer buffer(Map<String, FloatBuffer> buffers, String name) {
    FloatBuffer buffer = buffers.get(name);
    if (buffer == null) {
      throw new IllegalArgumentException("'" + name + "' is not bound");
    }
    return buffer;
  }

  /**
   * Runs once; pinned outputs are written in place.
   *
   * @param feeds the inputs that are not bound
   * @param wanted further outputs, returned as copies
   */
  public Map<String, Tensor> run(Map<String, Tensor> feeds, Collection<String> wanted) {
    return lanes.get(0).run(feeds, wanted);
  }

  /**
   * Runs without the bound outputs: the way forward alone. ONNX Runtime computes a whole graph
   * whatever is asked of it, so where outputs are bound this is a session of its own, opened with
   * the first call, of what leads to {@code wanted}; it reads the same buffers.
   */
  public Map<String, Tensor> forward(Map<String, Tensor> feeds, Collection<String> wanted) {
    Set<String> names = new LinkedHashSet<>(wanted);
    RuntimeSession way =
        outputs.isEmpty()
            ? session
            : ahead.computeIfAbsent(names, n -> RuntimeSession.open(Taps.only(model, n), settings));
    return way.run(feeds, bound, Map.of(), names);
  }

  @Override
  public void close() {
    bound.values().forEach(OnnxTensor::close);
    lanes.forEach(lane -> lane.pinned.values().forEach(OnnxTensor::close));
    ahead.values().forEach(RuntimeSession::close);
    session.close();
  }

  private static void bind(
      Map<String, OnnxTensor> into, Map<String, FloatBuffer> buffers, String name, long[] dims) {
    long count = 1;
    for (long d : dims) {
      count = Math.multiplyExact(count, d);
    }
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.multiplyExact(Math.toIntExact(count), Float.BYTES))
            .order(ByteOrder.nativeOrder());
    FloatBuffer floats = bytes.asFloatBuffer();
    try {
      into.put(name, OnnxTensor.createTensor(OrtRuntime.environment(), floats, dims));
    } catch (OrtException e) {
      throw OrtFailure.running(name, e);
    }
    buffers.put(name, floats);
  }

  private static long[] sizes(Value input) {
    List<Dim> dims = input.type().flatMap(TensorType::dims).orElse(List.of());
    return dims.stream()
        .mapToLong(
            d -> {
              if (d instanceof Dim.Fixed fixed) {
                return fixed.size();
              }
              throw new IllegalArgumentException(
                  "'" + input.name() + "' has no fixed shape: " + dims);
            })
        .toArray();
  }
}
