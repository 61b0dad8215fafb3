package io.compressor.runtime;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.onnx.OnnxReader;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What ONNX Runtime really runs after its optimisations, so that a report can name the kernel of
 * each site. Fusions drop nodes and inner values, but the value that leaves a fused group keeps its
 * name: that is how a site is found again.
 */
public final class OptimizedGraph {
  /** Readers followed from a site: bias, activation, reshape, transpose, cast, quantize. */
  private static final int HOPS = 6;

  private final List<Kernel> kernels;
  private final Map<String, Kernel> byOutput = new HashMap<>();
  private final Map<String, Kernel> byNode = new HashMap<>();

  /**
   * One operator call of the optimised graph.
   *
   * @param domain "" for ai.onnx; com.microsoft, com.microsoft.nchwc … for ONNX Runtime's own
   */
  public record Kernel(String op, String domain, String node, List<String> outputs) {
    public Kernel {
      outputs = List.copyOf(outputs);
    }
  }

  private OptimizedGraph(List<Kernel> kernels) {
    this.kernels = List.copyOf(kernels);
    for (Kernel kernel : kernels) {
      // pure copies between memory layouts; they took over the name of the value they copy
      if (!kernel.op().equals("ReorderOutput")) {
        kernel.outputs().forEach(o -> byOutput.put(o, kernel));
      }
      byNode.putIfAbsent(bareName(kernel.node()), kernel);
    }
  }

  /** Of a model file, opened as a user would open it. */
  public static OptimizedGraph of(Path file, SessionSettings settings) {
    return capture(settings, s -> RuntimeSession.open(file, s).close(), file.toString());
  }

  /** Of a model in memory. */
  public static OptimizedGraph of(Model model, SessionSettings settings) {
    return capture(settings, s -> RuntimeSession.open(model, s).close(), "model");
  }

  /** Every operator call, in the order of the optimised file. */
  public List<Kernel> kernels() {
    return kernels;
  }

  /** Number of calls by operator, sorted by name; own domains are spelled {@code domain.op}. */
  public Map<String, Integer> histogram() {
    Map<String, Integer> counts = new TreeMap<>();
    kernels.forEach(
        k ->
            counts.merge(
                k.domain().isEmpty() ? k.op() : k.domain() + "." + k.op(), 1, Integer::sum));
    return counts;
  }

  /** The kernel that produces a value of this very name. */
  public Optional<Kernel> producing(String value) {
    return Optional.ofNullable(byOutput.get(value));
  }

  /**
   * The kernel that computes what {@code value} is in the original graph: its producer where the
   * value survived, else the producer of the nearest value downstream that did. Layout changes
   * rename values but name their nodes after them, fusions after the node they started from.
   */
  public Optional<Kernel> computing(Model original, String value) {
    Set<String> seen = new HashSet<>(Set.of(value));
    List<String> front = List.of(value);
    for (int hop = 0; hop <= HOPS && !front.isEmpty(); hop++) {
      for (String name : front) {
        Optional<Kernel> found = named(original, name);
        if (found.isPresent()) {
          return found;
        }
      }
      List<String> last = front;
      List<String> next = new ArrayList<>();
      for (Node node : original.graph().nodes()) {
        if (node.inputs().stream().anyMatch(last::contains)) {
          node.outputs().stream().filter(seen::add).forEach(next::add);
        }
      }
      front = next;
    }
    return Optional.empty();
  }

  private Optional<Kernel> named(Model original, String value) {
    Kernel found = byOutput.getOrDefault(value, byNode.get(value));
    if (found != null) {
      return Optional.of(found);
    }
    return original.graph().nodes().stream()
        .filter(n -> n.outputs().contains(value) && !n.name().isEmpty())
        .flatMap(n -> Optional.ofNullable(byNode.get(n.name())).stream())
        .findFirst();
  }

  private static String bareName(String node) {
    return node.replaceFirst("^fused ", "").replaceFirst("(_bn)?_nchwc$", "");
  }

  private static OptimizedGraph capture(
      SessionSettings settings, Consumer<SessionSettings> open, String what) {
    try {
      Path folder = Files.createTempDirectory("compressor-optimized");
      try {
        Path file = folder.resolve("optimized.onnx");
        open.accept(
            settings
                .optimizedModel(file)
                .config("session.optimized_model_external_initializers_file_name", "weights.bin")
                .config("session.optimized_model_external_initializers_min_size_in_bytes", "1024"));
        return read(OnnxReader.read(file).graph());
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO,
          what,
          "cannot keep the optimised graph: " + e.getMessage(),
          "the temporary folder needs room for a copy of the model",
          e);
    }
  }

  private static OptimizedGraph read(Graph graph) {
    return new OptimizedGraph(
        graph.nodes().stream()
            .map(
                n ->
                    new Kernel(
                        n.opType(),
                        n.domain().equals("ai.onnx") ? "" : n.domain(),
                        n.name(),
                        n.outputs()))
            .toList());
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
