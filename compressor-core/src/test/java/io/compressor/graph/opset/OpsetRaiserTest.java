package io.compressor.graph.opset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.formats.onnx.ModelVerifier;
import io.compressor.graph.Graphs;
import io.compressor.graph.Ort;
import io.compressor.ir.Attribute;
import io.compressor.ir.AttributeValue;
import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Function;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpsetRaiserTest {
  /** The same kernels run before and after; only their arguments come another way. */
  private static final double EXACT = 0;

  @Test
  void axesBecomeInputs() {
    Graphs graph =
        image()
            .node("Unsqueeze", "a", ins("x"), ints("axes", 0, 3))
            .node("Squeeze", "b", ins("a"), ints("axes", 0))
            .node("ReduceSum", "c", ins("b"), ints("axes", 1), Attribute.of("keepdims", 0))
            .node("ReduceMean", "d", ins("b"), ints("axes", 2, 3))
            .node("ReduceMax", "e", ins("d"))
            .node("Squeeze", "f", ins("e"))
            .output("c")
            .output("d");
    raises(graph.output(any("f")), 11, EXACT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "L1",
        "L2",
        "LogSum",
        "LogSumExp",
        "Max",
        "Mean",
        "Min",
        "Prod",
        "Sum",
        "SumSquare"
      })
  void everyReductionIsConverted(String kind) {
    Graphs graph =
        Graphs.graph()
            .input("u", 2, 3, 4)
            .node("Exp", "x", ins("u"))
            .node("Reduce" + kind, "y", ins("x"), ints("axes", 1), Attribute.of("keepdims", 0))
            .node("Reduce" + kind, "z", ins("x"));
    // a reduction kernel may sum in another order after fusion with its constant axes
    raises(graph.output(any("y")).output(any("z")), 11, 1e-6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Softmax", "LogSoftmax", "Hardmax"})
  void flatteningSoftmaxesKeepTheirMeaning(String op) {
    Graphs graph =
        image()
            .node(op, "a", ins("x"))
            .node(op, "b", ins("x"), Attribute.of("axis", 2))
            .node(op, "c", ins("x"), Attribute.of("axis", 3))
            .node(op, "d", ins("x"), Attribute.of("axis", -1))
            .node(op, "e", ins("x"), Attribute.of("axis", 0))
            .output(any("a"))
            .output(any("b"))
            .output(any("c"))
            .output(any("d"))
            .output(any("e"));
    Model after = raises(graph, 11, 1e-6);
    assertEquals(3, after.graph().nodes().stream().filter(n -> n.is("Flatten")).count());
  }

  @Test
  void theLastAxisIsFoundBehindReshapesSoThatSoftmaxStaysAlone() {
    Graphs graph =
        Graphs.graph()
            .input(
                Value.of(
                    "x",
                    new TensorType(
                        ElementType.FLOAT,
                        Optional.of(
                            List.of(new Dim.Named("n"), new Dim.Named("s"), new Dim.Fixed(4))))))
            .node("Shape", "s", ins("x"))
            .constant(Tensor.ofLongs("zero", new long[0], 0))
            .longs("heads", 2, -1)
            .longs("two", -1)
            .node("Gather", "g", ins("s", "zero"))
            .node("Unsqueeze", "u", ins("g"), ints("axes", 0))
            .node("Concat", "t", ins("u", "two", "heads"), Attribute.of("axis", 0))
            .longs("good", 2, 2, 2, 2)
            .node("Reshape", "r", ins("x", "good"))
            .node("Softmax", "y", ins("r"), Attribute.of("axis", 3));
    Model after = raises(graph.output(any("y")), 11, EXACT);
    assertTrue(after.graph().nodes().stream().noneMatch(n -> n.is("Flatten")));
  }

  @Test
  void splitsSayTheirSizesOrTheirCount() {
    Graphs graph =
        image()
            .node(
                Node.of(
                    "Split", ins("x"), ins("a", "b"), Attribute.of("axis", 1), ints("split", 1, 2)))
            .node(Node.of("Split", ins("x"), ins("c", "d"), Attribute.of("axis", 0)))
            .output(any("a"))
            .output(any("b"))
            .output(any("c"))
            .output(any("d"));
    raises(graph, 11, EXACT);
  }

  @Test
  void boundsAndPadsBecomeInputs() {
    Graphs graph =
        image()
            .node("Clip", "a", ins("x"), Attribute.of("min", -0.5f), Attribute.of("max", 0.5f))
            .node("Clip", "b", ins("x"), Attribute.of("max", 0.25f))
            .node("Clip", "c", ins("x"))
            .node(
                "Pad",
                "d",
                ins("x"),
                ints("pads", 0, 0, 1, 1, 0, 0, 1, 1),
                Attribute.of("value", 2f))
            .node(
                "Pad",
                "e",
                ins("x"),
                ints("pads", 0, 0, 1, 1, 0, 0, 1, 1),
                Attribute.of("mode", "reflect"))
            .output(any("a"))
            .output(any("b"))
            .output(any("c"))
            .output(any("d"))
            .output(any("e"));
    raises(graph, 9, EXACT);
    raises(graph, 7, EXACT);
  }

  @Test
  void slicesAndTopKTakeInputs() {
    Graphs graph =
        image()
            .node(
                "Slice",
                "a",
                ins("x"),
                ints("starts", 1, 0),
                ints("ends", 3, -1),
                ints("axes", 2, 3))
            .node("Slice", "b", ins("x"), ints("starts", 1), ints("ends", 2))
            .node(Node.of("TopK", ins("x"), ins("c", "i"), Attribute.of("k", 2)))
            .output(any("a"))
            .output(any("b"))
            .output(any("c"));
    raises(graph, 9, EXACT);
  }

  @Test
  void upsamplingBecomesResizing() {
    Attribute scales =
        Attribute.of("scales", new AttributeValue.OfFloats(new float[] {1, 1, 2, 2.5f}));
    Graphs graph =
        image()
            .node("Upsample", "a", ins("x"), scales)
            .node("Upsample", "b", ins("x"), scales, Attribute.of("mode", "linear"))
            .output(any("a"))
            .output(any("b"));
    raises(graph, 7, 1e-6);
    raises(graph, 8, 1e-6);
  }

  @Test
  void earlyResizesRoundByDirection() {
    Graphs graph =
        image()
            .floats("up", 1, 1, 1.5f, 2)
            .floats("down", 1, 1, 0.5f, 0.6f)
            .node("Resize", "a", ins("x", "up"))
            .node("Resize", "b", ins("x", "down"))
            .node("Resize", "c", ins("x", "up"), Attribute.of("mode", "linear"))
            .output(any("a"))
            .output(any("b"))
            .output(any("c"));
    raises(graph, 10, 1e-6);
    refuses(
        image().floats("s", 1, 1, 0.5f, 2).node("Resize", "y", ins("x", "s")).output(any("y")),
        10,
        13,
        "rounds by the direction");
  }

  @Test
  void inferenceNormalisationAndDropoutLoseWhatNobodyReads() {
    Graphs graph =
        image()
            .floats("s", 1, 2, 3)
            .floats("b", 0, 1, 0)
            .floats("m", 0, 0, 1)
            .floats("v", 1, 2, 1)
            .node(
                "BatchNormalization", "a", ins("x", "s", "b", "m", "v"), Attribute.of("spatial", 1))
            .node(Node.of("Dropout", ins("a"), ins("d", "mask"), Attribute.of("ratio", 0.3f)))
            .output(any("d"));
    raises(graph, 7, 1e-6);
  }

  @Test
  void renamedOperatorsAndModesFollow() {
    Graphs graph =
        image()
            .longs("flat", 3, -1)
            .node("Reshape", "r", ins("x", "flat"))
            .constant(Tensor.ofLongs("i", new long[] {1, 2}, 1, 0))
            .weight("u", 1, 2)
            .node("Scatter", "a", ins("r", "i", "u"))
            .output(any("a"));
    raises(graph, 9, EXACT);
    Graphs sampled =
        image()
            .uniform("grid", -1, 1, 2, 4, 4, 2)
            .node("GridSample", "y", ins("x", "grid"), Attribute.of("mode", "bilinear"))
            .output(any("y"));
    raises(sampled, 16, 1e-6);
  }

  @Test
  void subgraphsAreConvertedAndShareTheConstants() {
    Graph then =
        Graphs.graph().node("Unsqueeze", "t", ins("x"), ints("axes", 0)).output(any("t")).build();
    Graph otherwise =
        Graphs.graph()
            .node("Softmax", "s", ins("x"))
            .node("Unsqueeze", "o", ins("s"), ints("axes", 0))
            .output(any("o"))
            .build();
    Graphs graph =
        Graphs.graph()
            .input("x", 2, 3, 4)
            .constant(Tensor.ofBytes("c", ElementType.BOOL, new long[0], new byte[] {0}))
            .node(
                Node.of(
                    "If",
                    ins("c"),
                    ins("y"),
                    Attribute.of("then_branch", new AttributeValue.OfGraph(then)),
                    Attribute.of("else_branch", new AttributeValue.OfGraph(otherwise))))
            .output(any("y"));
    Model after = raises(graph, 11, 1e-6);
    assertEquals(2, after.graph().initializers().size());
  }

  @Test
  void theIrVersionFollowsAndConstantsStayConstant() {
    Model old =
        Graphs.graph()
            .input("x", 4, 3)
            .input("w", 3, 2)
            .weight("w", 3, 2)
            .node("MatMul", "y", ins("x", "w"))
            .output(any("y"))
            .model(7)
            .withIrVersion(3);
    Model after = OpsetRaiser.raise(old, 21).model();
    assertEquals(10, after.irVersion());
    assertEquals(List.of("x"), after.graph().inputs().stream().map(Value::name).toList());
    Ort.assertSame(old, after, 1e-6);
  }

  @Test
  void aModelThatIsThereComesBackItself() {
    Model model = image().node("Relu", "y", ins("x")).output(any("y")).model(17);
    assertSame(model, OpsetRaiser.raise(model, 13).model());
  }

  @Test
  void whatHasNoLaterFormIsRefusedAndTheModelIsKept() {
    refuses(
        image()
            .floats("s", 1, 2, 3)
            .node(
                "BatchNormalization", "y", ins("x", "s", "s", "s", "s"), Attribute.of("spatial", 0))
            .output(any("y")),
        7,
        13,
        "spatial");
    refuses(
        image().node(Node.of("Dropout", ins("x"), ins("y", "m"))).output(any("y")).output(any("m")),
        7,
        13,
        "mask");
    refuses(image().node("Relu", "y", ins("x")).output(any("y")), 6, 13, "older than 7");
    refuses(
        image()
            .floats("s", 1)
            .node("GroupNormalization", "y", ins("x", "s", "s"), Attribute.of("num_groups", 1))
            .output(any("y")),
        18,
        21,
        "scales groups");
  }

  @Test
  void aLocalFunctionThatWouldChangeIsRefused() {
    Function local =
        new Function(
            "F",
            "acme",
            ins("a"),
            ins("b"),
            List.of(Node.of("Softmax", ins("a"), ins("b"))),
            Map.of("", 11L),
            Bytes.empty());
    Model plain = image().node(Node.in("acme", "F", ins("x"), ins("y"))).output(any("y")).model(11);
    Model model =
        new Model(8, plain.opsets(), plain.graph(), List.of(local), Map.of(), Bytes.empty());
    RaiseResult result = OpsetRaiser.raise(model, 13);
    assertFalse(result.succeeded());
    assertTrue(result.refused().get(0).reason().contains("Softmax"));
    assertTrue(OpsetRaiser.raise(model, 12).succeeded());
    assertEquals(12, OpsetRaiser.raise(model, 12).model().functions().get(0).opsets().get(""));
  }

  @Test
  void targetsBeyondTheTableAreAProgrammersError() {
    Model model = image().node("Relu", "y", ins("x")).output(any("y")).model(11);
    assertThrows(IllegalArgumentException.class, () -> OpsetRaiser.raise(model, 99));
  }

  private static Graphs image() {
    return Graphs.graph().input("x", 2, 3, 5, 6);
  }

  private static List<String> ins(String... names) {
    return List.of(names);
  }

  private static Attribute ints(String name, long... values) {
    return Attribute.of(name, values);
  }

  /** An output of undeclared shape. */
  private static Value any(String name) {
    return Value.of(name, new TensorType(ElementType.FLOAT, Optional.empty()));
  }

  /** Raises to 13, 18, 21 and the highest version, and compares each with the original. */
  private static Model raises(Graphs graph, long from, double tolerance) {
    Model before = graph.model(from);
    Model after = before;
    for (long target : List.of(13L, 18L, 21L, OpsetRaiser.HIGHEST)) {
      if (target > from) {
        RaiseResult result = OpsetRaiser.raise(before, target);
        assertTrue(result.succeeded(), () -> result.refused().toString());
        after = result.model();
        assertEquals(target, after.opset());
        assertEquals(List.of(), ModelVerifier.verify(after));
        Ort.assertSame(before, after, tolerance);
      }
    }
    return after;
  }

  private static void refuses(Graphs graph, long from, long target, String reason) {
    Model before = graph.model(from);
    RaiseResult result = OpsetRaiser.raise(before, target);
    assertFalse(result.succeeded());
    assertSame(before, result.model());
    assertTrue(
        result.refused().get(0).reason().contains(reason), () -> result.refused().toString());
  }
}
