package io.compressor.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.formats.onnx.ModelVerifier;
import io.compressor.ir.Attribute;
import io.compressor.ir.AttributeValue;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GraphEditorTest {

  @Test
  void anUntouchedModelComesBackEqual() {
    Model model = chain().model();
    Model same = new GraphEditor(model).build();
    assertEquals(model.graph().nodes(), same.graph().nodes());
    assertEquals(model.graph().initializers(), same.graph().initializers());
    assertEquals(model.graph().outputs(), same.graph().outputs());
  }

  @Test
  void freshNamesAvoidEveryScope() {
    Graph inner =
        Graphs.graph()
            .weight("in_w", 1)
            .node("Add", "in_y", List.of("x", "in_w"))
            .output("in_y")
            .build();
    GraphEditor editor = new GraphEditor(branch(inner).model());
    assertEquals("in_w_1", editor.freshName("in_w"));
    assertEquals("in_y_1", editor.freshName("in_y"));
    assertEquals("x_1", editor.freshName("x"));
    assertEquals("new", editor.freshName("new"));
    assertEquals("new_1", editor.freshName("new"));
    assertEquals("_1", editor.freshName(""));
  }

  @Test
  void anAddedConstantIsNamedAfterItselfAndKeptOnlyWhenRead() {
    GraphEditor editor = new GraphEditor(chain().model());
    String read = editor.addInitializer(Graphs.random("w", 1, 3, 3));
    editor.addInitializer(Graphs.random("unread", 1, 3));
    assertEquals("w_1", read);
    editor.update("a", n -> n.withInputs(List.of("x", read)));
    Graph graph = editor.build().graph();
    assertEquals(List.of("w_1"), List.copyOf(graph.initializers().keySet()));
    assertEquals("w_1", graph.initializers().get("w_1").name());
  }

  @Test
  void aSharedWeightStaysForItsOtherReader() {
    Model model =
        Graphs.graph()
            .input("x", 3, 3)
            .weight("w", 3, 3)
            .node("MatMul", "a", List.of("x", "w"))
            .node("MatMul", "b", List.of("a", "w"))
            .output("b")
            .model();
    GraphEditor editor = new GraphEditor(model);
    editor.replace("a", List.of(Node.of("Relu", List.of("x"), List.of("a"))));
    assertTrue(editor.build().graph().initializers().containsKey("w"));
    editor.replace("b", List.of(Node.of("Relu", List.of("a"), List.of("b"))));
    assertFalse(editor.build().graph().initializers().containsKey("w"));
  }

  @Test
  void theChainBehindAReplacedConstantGoesToo() {
    Model model =
        Graphs.graph()
            .input("x", 3, 3)
            .weight("w", 3, 3)
            .node("Transpose", "t", List.of("w"))
            .node("MatMul", "y", List.of("x", "t"))
            .output("y")
            .model();
    GraphEditor editor = new GraphEditor(model);
    String v = editor.addInitializer(Graphs.random("v", 1, 3, 3));
    editor.update("y", n -> n.withInputs(List.of("x", v)));
    Graph graph = editor.build().graph();
    assertEquals(1, graph.nodes().size());
    assertEquals(List.of("v"), List.copyOf(graph.initializers().keySet()));
  }

  @Test
  void replacedUsesReachSubgraphsButNotGraphOutputs() {
    Graph inner = Graphs.graph().node("Relu", "r", List.of("h")).output("r").build();
    Model model =
        Graphs.graph()
            .input("c", ElementType.BOOL)
            .input("x", 3)
            .node("Relu", "h", List.of("x"))
            .node(
                Node.of(
                    "If",
                    List.of("c"),
                    List.of("y"),
                    Attribute.of("then_branch", new AttributeValue.OfGraph(inner))))
            .output("y")
            .output("h")
            .model();
    GraphEditor editor = new GraphEditor(model);
    editor.replaceUses("h", "x");
    Model edited = editor.build();
    assertEquals(List.of(), new GraphIndex(edited).consumers("h"));
    assertEquals(List.of("y", "h"), edited.graph().outputs().stream().map(v -> v.name()).toList());
    assertEquals(List.of(), ModelVerifier.verify(edited));
  }

  @Test
  void aShadowedNameIsNotACapture() {
    Graph inner = Graphs.graph().input("h", 3).node("Relu", "r", List.of("h")).output("r").build();
    Node loop =
        Node.of(
            "Scan",
            List.of("x"),
            List.of("y"),
            Attribute.of("body", new AttributeValue.OfGraph(inner)));
    assertEquals(loop, Subgraphs.renameReads(loop, "h", "z"));
  }

  @Test
  void aRenamedOutputIsRenamedEverywhere() {
    GraphEditor editor = new GraphEditor(chain().model());
    editor.renameOutput("a", "fresh");
    Model model = editor.build();
    assertEquals(List.of(), ModelVerifier.verify(model));
    assertTrue(new GraphIndex(model).producer("a").isEmpty());
  }

  @Test
  void editingAnUnknownValueNamesIt() {
    GraphEditor editor = new GraphEditor(chain().model());
    Throwable t = assertThrows(IllegalArgumentException.class, () -> editor.update("x", n -> n));
    assertTrue(t.getMessage().contains("'x'"));
  }

  @Test
  void raisingTheIrVersionKeepsConstantsConstant() {
    Model old =
        Graphs.graph()
            .input("x", 3, 3)
            .input("w", 3, 3)
            .weight("w", 3, 3)
            .node("MatMul", "y", List.of("x", "w"))
            .output("y")
            .model(8)
            .withIrVersion(3);
    GraphEditor editor = new GraphEditor(old);
    editor.requireIrVersion(10);
    Model raised = editor.build();
    assertEquals(10, raised.irVersion());
    assertTrue(new GraphIndex(raised).constant("w").isPresent());
    editor.requireIrVersion(4);
    assertEquals(10, editor.build().irVersion());
  }

  @Test
  void randomEditsKeepTheGraphSound() {
    for (int seed = 0; seed < 200; seed++) {
      randomEdits(seed);
    }
  }

  /** Builds a random DAG, edits it at random places, and checks order, names and outputs. */
  private static void randomEdits(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Graphs graph = Graphs.graph().input("v0", 4).weight("w", 4);
    List<String> values = new ArrayList<>(List.of("v0", "w"));
    int size = random.nextInt(1, 12);
    for (int i = 1; i <= size; i++) {
      graph.node("Add", "v" + i, List.of(pick(values, random), pick(values, random)));
      values.add("v" + i);
    }
    Model model = graph.output("v" + size).output("v1").model();
    GraphEditor editor = new GraphEditor(model);
    for (int step = 0; step < 20; step++) {
      edit(editor, "v" + random.nextInt(1, size + 1), random);
      Model edited = editor.build();
      assertEquals(List.of(), ModelVerifier.verify(edited), "seed " + seed + " step " + step);
      assertEquals(model.graph().outputs(), edited.graph().outputs());
    }
  }

  private static void edit(GraphEditor editor, String at, SplittableRandom random) {
    Node node = editor.producer(at);
    String made = editor.freshName("w");
    switch (random.nextInt(6)) {
      case 0 -> {
        editor.insertBefore(
            at, List.of(Node.of("Relu", List.of(node.inputs().get(0)), List.of(made))));
        editor.update(at, n -> n.withInputs(List.of(made, n.inputs().get(1))));
      }
      case 1 -> editor.insertAfter(at, List.of(Node.of("Relu", List.of(at), List.of(made))));
      case 2 -> {
        editor.prepend(List.of(Node.of("Relu", List.of("v0"), List.of(made))));
        editor.update(at, n -> n.withInputs(List.of(n.inputs().get(0), made)));
      }
      case 3 ->
          editor.replace(
              at,
              List.of(
                  Node.of("Mul", node.inputs(), List.of(made)),
                  Node.of("Add", List.of(made, node.inputs().get(0)), List.of(at))));
      case 4 -> {
        String w = editor.addInitializer(Graphs.random("w", 1, 4));
        editor.update(at, n -> n.withInputs(List.of(w, n.inputs().get(1))));
      }
      default -> editor.replaceUses(at, node.inputs().get(0));
    }
  }

  private static String pick(List<String> values, SplittableRandom random) {
    return values.get(random.nextInt(values.size()));
  }

  private static Graphs chain() {
    return Graphs.graph()
        .input("x", 3, 3)
        .weight("w", 3, 3)
        .node("MatMul", "a", List.of("x", "w"))
        .node("Relu", "y", List.of("a"))
        .output("y");
  }

  private static Graphs branch(Graph inner) {
    return Graphs.graph()
        .input("c", ElementType.BOOL)
        .input("x", 3)
        .node(
            Node.of(
                "If",
                List.of("c"),
                List.of("y"),
                Attribute.of("then_branch", new AttributeValue.OfGraph(inner))))
        .output("y");
  }
}
