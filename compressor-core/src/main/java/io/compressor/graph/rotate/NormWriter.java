package io.compressor.graph.rotate;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.channel.Norm;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Leaves of a norm the division by the root mean square, with the model's own epsilon. A gain of
 * ones stays in place, because ONNX Runtime fuses a norm only with its gain.
 */
final class NormWriter {
  private static final long AXES_AS_INPUT = 18;

  private final GraphIndex index;
  private final GraphEditor editor;
  private final Map<String, String> shared = new HashMap<>();

  NormWriter(GraphIndex index, GraphEditor editor) {
    this.index = index;
    this.editor = editor;
  }

  void write(Collection<Norm> norms) {
    for (Norm norm : norms) {
      if (norm.kind() == Norm.Kind.RMS) {
        norm.gain().ifPresent(this::ones);
        dropShift(norm);
      } else if (!norm.isFused()) {
        norm.gain().ifPresent(this::ones);
        dropShift(norm);
        editor.replaceUses(norm.core(), norm.inputs().get(0)); // it has no mean any more
      } else if (norm.inputs().size() == 2) {
        skip(norm);
      } else {
        spell(norm);
      }
    }
  }

  private void ones(Norm.Operand gain) {
    String name = put(ones(index.constant(gain.value()).orElseThrow()));
    String output = gain.node().outputs().get(0);
    editor.update(output, n -> RotationWriter.withInput(n, gain.input(), name));
  }

  private void dropShift(Norm norm) {
    norm.shift()
        .ifPresent(s -> editor.replaceUses(norm.output(), s.node().inputs().get(1 - s.input())));
  }

  /** SkipLayerNormalization(x, y, gain, shift, bias) as its RMS form. */
  private void skip(Norm norm) {
    Node node = norm.nodes().get(0);
    String gain = put(ones(index.constant(node.inputs().get(2)).orElseThrow()));
    List<String> inputs = new ArrayList<>(norm.inputs());
    inputs.add(gain);
    node.input(4).ifPresent(inputs::add);
    Node rms =
        Node.in(
                node.domain(),
                "SkipSimplifiedLayerNormalization",
                inputs,
                node.outputs(),
                Attribute.of("epsilon", norm.epsilon()))
            .withName(node.name());
    editor.update(node.outputs().get(0), n -> rms.withInputs(renamed(n, node, rms.inputs())));
  }

  /** LayerNormalization(x, gain, shift) as square, mean, root, division and a gain of ones. */
  private void spell(Norm norm) {
    Node node = norm.nodes().get(0);
    String y = norm.output();
    Tensor gain = index.constant(node.inputs().get(1)).orElseThrow();
    boolean single = gain.type() == ElementType.FLOAT;
    List<Node> parts = new ArrayList<>();
    String x = editor.producer(y).inputs().get(0);
    if (!single) {
      x = add(parts, y, "Cast", List.of(x), Attribute.of("to", ElementType.FLOAT.onnxId()));
    }
    String square = add(parts, y, "Pow", List.of(x, put(Tensor.scalar("norm.two", 2))));
    String mean = mean(parts, y, square);
    String sum =
        add(parts, y, "Add", List.of(mean, put(Tensor.scalar("norm.epsilon", norm.epsilon()))));
    String root = add(parts, y, "Sqrt", List.of(sum));
    String unit = add(parts, y, "Div", List.of(x, root));
    if (!single) {
      unit = add(parts, y, "Cast", List.of(unit), Attribute.of("to", gain.type().onnxId()));
    }
    parts.add(Node.of("Mul", List.of(unit, put(ones(gain))), List.of(y)).withName(node.name()));
    editor.replace(y, parts);
  }

  private String mean(List<Node> parts, String y, String square) {
    if (index.model().opset() >= AXES_AS_INPUT) {
      String axes = put(Tensor.ofLongs("norm.axes", new long[] {1}, -1));
      return add(parts, y, "ReduceMean", List.of(square, axes));
    }
    return add(parts, y, "ReduceMean", List.of(square), Attribute.of("axes", new long[] {-1}));
  }

  private String add(
      List<Node> parts, String y, String type, List<String> inputs, Attribute... attributes) {
    String output = editor.freshName(y + "_" + type.toLowerCase(java.util.Locale.ROOT));
    parts.add(Node.of(type, inputs, List.of(output), attributes));
    return output;
  }

  /** One initializer for equal constants. */
  private String put(Tensor tensor) {
    String key = tensor + Arrays.toString(tensor.data().toArray());
    return shared.computeIfAbsent(key, k -> editor.addInitializer(tensor));
  }

  private static Tensor ones(Tensor gain) {
    long[] dims = gain.dims();
    Tensor like = gain.withName("norm.ones");
    return DerivedTensor.of(
        like,
        dims,
        () -> {
          float[] values = new float[(int) like.elements()];
          Arrays.fill(values, 1);
          return values;
        });
  }

  /** Inputs as they are called now: the stream's values may have been renamed meanwhile. */
  private static List<String> renamed(Node now, Node before, List<String> inputs) {
    return inputs.stream()
        .map(i -> before.inputs().contains(i) ? now.inputs().get(before.inputs().indexOf(i)) : i)
        .toList();
  }
}
