package io.compressor.encoding;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Compressed weights being written into one model, with what the sites share: one quantization of
 * an input however many sites read it, one copy of equal constants, one table for equal codebooks.
 *
 * <p>Thread-confined. Everything that does not depend on the model's inputs stands in front.
 */
public final class Emission {
  private static final long SHARED_BYTES = 1 << 16;

  private final GraphIndex index;
  private final GraphEditor editor;
  private final List<Node> prelude = new ArrayList<>();
  private final Map<Content, String> constants = new HashMap<>();
  private final Map<InputKey, String> smoothed = new HashMap<>();
  private final Map<InputKey, QuantizedInput> quantized = new HashMap<>();
  private final Map<String, RowScaledInput> rowScaled = new HashMap<>();
  private final Map<Object, BlockInput> blockInputs = new HashMap<>();
  private final Map<Object, String> shared = new HashMap<>();

  public Emission(Model model) {
    this.index = new GraphIndex(model);
    this.editor = new GraphEditor(model);
  }

  /** The model with all that was written so far. */
  public Model build() {
    editor.prepend(List.copyOf(prelude));
    prelude.clear();
    return editor.build();
  }

  /** The site seen from each node that reads its weight. */
  List<Site> uses(Site site) {
    return site.isShared() ? SiteFinder.perUse(site, index) : List.of(site);
  }

  /**
   * As {@link #uses} for a form that only stands on the right of a product.
   *
   * @throws CompressorException MODEL when a reader of a shared weight has it on the left
   */
  List<Site> rightProducts(Site site) {
    List<Site> uses = uses(site);
    for (Site use : uses) {
      if (!Sites.isRightProduct(use)) {
        throw new CompressorException(
            ErrorCode.MODEL,
            use.node().label(),
            "the shared weight '" + site.name() + "' is its left operand and another's right one",
            "leave the site out");
      }
    }
    return uses;
  }

  /** The standard operator set of the model. */
  long opset() {
    return index.model().opset();
  }

  GraphEditor editor() {
    return editor;
  }

  /** Adds a constant; small ones with the same type, shape and content are written once. */
  String constant(Tensor tensor) {
    return tensor.byteCount() > SHARED_BYTES
        ? editor.addInitializer(tensor)
        : constants.computeIfAbsent(Content.of(tensor), k -> editor.addInitializer(tensor));
  }

  String constant(String name, int... values) {
    return constant(Tensor.ofInts(name, new long[] {values.length}, values));
  }

  String shape(long... dims) {
    return constant(Tensor.ofLongs("shape", new long[] {dims.length}, dims));
  }

  String scalar(String name, int value) {
    return constant(Tensor.ofInts(name, new long[0], value));
  }

  /** The value made once for {@code key} by nodes that read constants only. */
  String sharedValue(Object key, Function<NodeList, String> make) {
    String known = shared.get(key);
    if (known != null) {
      return known;
    }
    NodeList nodes = new NodeList(this);
    String made = make.apply(nodes);
    shared.put(key, made);
    inFront(nodes);
    return made;
  }

  /** As {@link #replaceWeight} with one weight [in, out] for all; a Gemm loses its transB. */
  void replaceWithInFirst(Site site, EmitOptions options, Function<Site, String> make) {
    List<Site> uses = rightProducts(site);
    String value = make.apply(uses.get(0));
    for (Site use : uses) {
      String x = input(use.input(), options);
      editor.update(
          use.output(),
          n -> {
            Map<String, Attribute> attributes = new LinkedHashMap<>(n.attributes());
            attributes.remove("transB");
            List<String> inputs = new ArrayList<>(List.of(x, value));
            n.input(2).ifPresent(inputs::add);
            return n.withInputs(inputs).withAttributes(attributes);
          });
    }
  }

  /** The constant bias of a Gemm as [out]; empty when it has none. */
  Optional<String> ownBias(Site use) {
    return use.node().is("Gemm")
        ? use.node().input(2).map(name -> row(name, use.bias().orElseThrow()))
        : Optional.empty();
  }

  private String row(String name, Tensor bias) {
    Tensor written = index.model().graph().initializers().get(name);
    return written != null && written.rank() == 1 && written.elements() == bias.elements()
        ? name
        : constant(bias);
  }

  /** Puts nodes that read constants only before all others. */
  void inFront(NodeList nodes) {
    prelude.addAll(nodes.nodes());
  }

  /**
   * Lets the nodes of a site read another value as weight.
   *
   * @param make the value for a weight in the layout and shape that a use expects; asked once for
   *     each different one
   */
  void replaceWeight(Site site, EmitOptions options, Function<Site, String> make) {
    Map<View, String> made = new HashMap<>();
    for (Site use : uses(site)) {
      String value = made.computeIfAbsent(View.of(use), k -> make.apply(use));
      String x = input(use.input(), options);
      editor.update(
          use.output(),
          n -> {
            List<String> inputs = new ArrayList<>(n.inputs());
            inputs.replaceAll(i -> i.equals(use.input()) ? x : i);
            inputs.set(use.weightInput(), value);
            return n.withInputs(inputs);
          });
    }
  }

  /** {@code value} divided by the smoothing vector, or itself without one. */
  String input(String value, EmitOptions options) {
    return options
        .smoothing()
        .map(
            s ->
                smoothed.computeIfAbsent(
                    InputKey.of(value, options), k -> smooth(value, inverse(s))))
        .orElse(value);
  }

  /** The 8-bit form of a float value, computed once for all sites that read it. */
  QuantizedInput quantizedInput(String value, EmitOptions options) {
    String x = input(value, options);
    return quantized.computeIfAbsent(
        InputKey.of(value, options),
        k -> {
          QuantizedInput q =
              new QuantizedInput(
                  editor.freshName(x + "/quantized"),
                  editor.freshName(x + "/scale"),
                  editor.freshName(x + "/zero"));
          insertAfter(
              x,
              Node.of(
                  "DynamicQuantizeLinear",
                  List.of(x),
                  List.of(q.value(), q.scale(), q.zeroPoint())));
          return q;
        });
  }

  /** The form made once for a value, whoever asks. */
  RowScaledInput rowScaled(String x, Supplier<RowScaledInput> make) {
    return rowScaled.computeIfAbsent(x, k -> make.get());
  }

  /** As {@link #rowScaled}, in blocks. */
  BlockInput blockInput(String x, int width, Supplier<BlockInput> make) {
    return blockInputs.computeIfAbsent(List.of(x, width), k -> make.get());
  }

  private String smooth(String value, Tensor inverse) {
    String divided = editor.freshName(value + "/smoothed");
    insertAfter(value, Node.of("Mul", List.of(value, constant(inverse)), List.of(divided)));
    return divided;
  }

  private void insertAfter(String value, Node node) {
    insertAfter(value, List.of(node));
  }

  /** Puts nodes that read a value behind what makes it. */
  void insertAfter(String value, List<Node> more) {
    if (editor.hasProducer(value)) {
      editor.insertAfter(value, more);
    } else {
      editor.prepend(more);
    }
  }

  private static Tensor inverse(float[] s) {
    float[] inverse = new float[s.length];
    for (int i = 0; i < s.length; i++) {
      inverse[i] = 1 / s[i];
    }
    return Tensor.ofFloats("smoothing", new long[] {s.length}, inverse);
  }

  /** Names of the three outputs of DynamicQuantizeLinear. */
  record QuantizedInput(String value, String scale, String zeroPoint) {}

  private record InputKey(String value, Optional<List<Float>> smoothing) {
    static InputKey of(String value, EmitOptions options) {
      return new InputKey(value, options.smoothing().map(InputKey::boxed));
    }

    private static List<Float> boxed(float[] s) {
      List<Float> list = new ArrayList<>();
      for (float v : s) {
        list.add(v);
      }
      return list;
    }
  }

  private record View(boolean transposed, List<Long> dims) {
    static View of(Site use) {
      return new View(
          use.layout().transposed(), Arrays.stream(use.weight().dims()).boxed().toList());
    }
  }

  private record Content(ElementType type, List<Long> dims, ByteBuffer bytes) {
    static Content of(Tensor t) {
      return new Content(
          t.type(), Arrays.stream(t.dims()).boxed().toList(), ByteBuffer.wrap(t.data().toArray()));
    }
  }
}
