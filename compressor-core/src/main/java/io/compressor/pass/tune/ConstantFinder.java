package io.compressor.pass.tune;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.VectorRole;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.recipe.TuneOptions.What;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds scales of quantized weights, norm gains and biases: scales by the operators that read them
 * or, behind a plain Mul or Gather, by the names that our encodings give them.
 */
final class ConstantFinder {
  private static final Pattern SCALE_NAME = Pattern.compile(".*/scale(_\\d+)?");
  private static final int DEQUANTIZE_SCALE = 1;

  private final GraphIndex index;
  private final Set<String> fixed = new HashSet<>();
  private final Set<String> open = new HashSet<>();

  private ConstantFinder(Model model) {
    this.index = new GraphIndex(model);
    fixed.addAll(model.graph().initializers().keySet());
    model.graph().inputs().forEach(v -> open.add(v.name()));
    fixed.removeAll(open);
    model.graph().outputs().forEach(v -> open.add(v.name()));
    for (Node node : model.graph().nodes()) {
      if (!node.inputs().isEmpty()
          && node.inputs().stream().allMatch(i -> i.isEmpty() || fixed.contains(i))) {
        fixed.addAll(node.outputs());
      }
    }
  }

  /** In the order of the file's constants. */
  static List<TunedConstant> find(Model model, Collection<What> wanted) {
    ConstantFinder finder = new ConstantFinder(model);
    List<TunedConstant> found = new ArrayList<>();
    for (Tensor tensor : model.graph().initializers().values()) {
      finder
          .read(tensor)
          .flatMap(
              value -> finder.what(tensor, value).map(w -> new TunedConstant(w, tensor, value)))
          .filter(c -> wanted.contains(c.what()))
          .ifPresent(found::add);
    }
    return found;
  }

  /** The FLOAT value that a constant is read as. */
  private Optional<String> read(Tensor tensor) {
    if (open.contains(tensor.name())) {
      return Optional.empty();
    }
    if (tensor.type() == ElementType.FLOAT) {
      return Optional.of(tensor.name());
    }
    return tensor.type() == ElementType.FLOAT16
        ? index
            .soleConsumer(tensor.name())
            .filter(n -> n.is("Cast") && n.intAttribute("to", 0) == ElementType.FLOAT.onnxId())
            .map(n -> n.outputs().get(0))
            .filter(v -> !open.contains(v))
        : Optional.empty();
  }

  private Optional<What> what(Tensor tensor, String value) {
    List<Node> readers = index.consumers(value);
    if (readers.isEmpty() || tensor.elements() == 0) {
      return Optional.empty();
    }
    if (readers.stream().allMatch(n -> isScale(n, value, tensor.name()))) {
      return isPowersOfTwo(tensor) ? Optional.empty() : Optional.of(What.SCALES);
    }
    if (tensor.rank() != 1 || tensor.elements() == 1) {
      return Optional.empty();
    }
    return VectorRole.of(index, value).map(r -> r == VectorRole.GAIN ? What.NORMS : What.BIASES);
  }

  private boolean isScale(Node reader, String value, String name) {
    int at = reader.inputs().indexOf(value);
    return switch (reader.opType()) {
      case "DequantizeLinear" -> at == DEQUANTIZE_SCALE && isFixedWeight(reader.inputs().get(0));
      case "MatMulNBits", "GatherBlockQuantized", "DynamicQuantizeMatMul" -> at == 2;
      case "MatMulIntegerToFloat" -> at == 3;
      case "Mul" ->
          SCALE_NAME.matcher(name).matches() || isOfDynamicInput(reader.inputs().get(1 - at));
      case "Gather" -> at == 0 && SCALE_NAME.matcher(name).matches();
      default -> false;
    };
  }

  /** Scales of values that are made at run time stay: they fit the values, not the weights. */
  private boolean isFixedWeight(String codes) {
    Tensor stored = index.model().graph().initializers().get(codes);
    return fixed.contains(codes) && (stored == null || stored.type() != ElementType.INT32);
  }

  private boolean isOfDynamicInput(String scale) {
    return index.producer(scale).filter(n -> n.is("DynamicQuantizeLinear")).isPresent();
  }

  /** Somebody asked for shifts, as {@code bct} can: they stay what they are. */
  private static boolean isPowersOfTwo(Tensor tensor) {
    for (float v : tensor.toFloats()) {
      if (v != 0 && Math.abs(v) != Math.scalb(1f, Math.getExponent(v))) {
        return false;
      }
    }
    return tensor.elements() > 1;
  }
}
