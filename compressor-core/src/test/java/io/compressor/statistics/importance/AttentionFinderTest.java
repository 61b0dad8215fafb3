package io.compressor.statistics.importance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AttentionFinderTest {
  private static final Blocks BLOCK = new Blocks(17, 2, 2, true, true);
  private static final Attribute LAST = Attribute.of("axis", -1L);

  @Test
  void findsTheSoftmaxOfASpelledOutAttention() {
    assertEquals(List.of("a"), found(BLOCK.model()));
    assertEquals(List.of("a"), found(new Blocks(11, 4, 1, false, false).model()));
  }

  @Test
  void looksThroughWhatChangesNothing() {
    assertEquals(
        List.of("p"),
        found(
            attention(
                node("Cast", "p", "c", Attribute.of("to", 1L)),
                Node.of("Dropout", List.of("c"), List.of("d")),
                Node.of("MatMul", List.of("d", "v"), List.of("y")))));
  }

  @Test
  void theSideMatters() {
    assertEquals(List.of(), found(attention(Node.of("MatMul", List.of("v", "p"), List.of("y")))));
  }

  @Test
  void aGateOverConstantsIsNone() {
    Model constantValues = attention(Node.of("MatMul", List.of("p", "wq"), List.of("y")));
    assertEquals(List.of(), found(constantValues));
    Model constantKeys =
        BLOCK.around(
            List.of(
                Node.of("MatMul", List.of("x", "wq"), List.of("scores")),
                Node.of("Softmax", List.of("scores"), List.of("p"), LAST),
                Node.of("MatMul", List.of("p", "x"), List.of("y"))),
            "y");
    assertEquals(List.of(), found(constantKeys));
  }

  @Test
  void aClassifierIsNone() {
    assertEquals(List.of(), found(attention(node("Identity", "p", "y"))));
  }

  @Test
  void anotherAxisIsNone() {
    Model model =
        BLOCK.around(
            List.of(
                node("Transpose", "x", "xT", Attribute.of("perm", new long[] {0, 2, 1})),
                Node.of("MatMul", List.of("x", "xT"), List.of("scores")),
                Node.of("Softmax", List.of("scores"), List.of("p"), Attribute.of("axis", 1L)),
                Node.of("MatMul", List.of("p", "x"), List.of("y"))),
            "y");
    assertEquals(List.of(), found(model));
  }

  @Test
  void theFirstBetweenTheBlocksEndsIsTaken() {
    List<Node> two = new ArrayList<>(BLOCK.model().graph().nodes());
    BLOCK.model().graph().nodes().stream()
        .map(n -> n.withInputs(second(n.inputs())).withOutputs(second(n.outputs())))
        .forEach(two::add);
    Model model = BLOCK.around(two, "2.y");
    assertEquals(List.of("a", "2.a"), found(model));
    ImportanceOptions options = ImportanceOptions.published();
    var feeds = Blocks.data(6).batch(0, 1).inputs();
    var one = ImportanceGraph.append(model, options, "x", "y", Optional.empty(), Optional.empty());
    var other =
        ImportanceGraph.append(model, options, "y", "2.y", Optional.empty(), Optional.empty());
    float[] first = Blocks.run(one.model(), one.output(), feeds);
    float[] second = Blocks.run(other.model(), other.output(), feeds);
    double[][] x = Expected.rows(feeds.get("x").toFloats(), Blocks.WIDTH);
    double[][] y = Expected.rows(Blocks.run(BLOCK.model(), "y", feeds), Blocks.WIDTH);
    for (int t = 0; t < 6; t++) {
      assertEquals(Expected.weights(options, Expected.received(BLOCK, x))[t], first[t], 2e-4);
      assertEquals(Expected.weights(options, Expected.received(BLOCK, y))[t], second[t], 2e-4);
    }
  }

  @Test
  void headsMayBeFoldedIntoTheBatch() {
    List<Node> nodes = new ArrayList<>();
    for (Node node : BLOCK.model().graph().nodes()) {
      if (node.is("Softmax")) {
        nodes.add(constant("square", -1, 6, 6));
        nodes.add(constant("narrow", -1, 6, BLOCK.headSize()));
        nodes.add(constant("unfolded", -1, BLOCK.heads(), 6, BLOCK.headSize()));
        nodes.add(Node.of("Reshape", List.of("masked", "square"), List.of("folded")));
        nodes.add(node("Softmax", "folded", "a", Attribute.of("axis", 2L)));
        nodes.add(Node.of("Reshape", List.of("v.all", "narrow"), List.of("values")));
        nodes.add(Node.of("MatMul", List.of("a", "values"), List.of("o3")));
        nodes.add(Node.of("Reshape", List.of("o3", "unfolded"), List.of("o")));
      } else if (!node.outputs().contains("o")) {
        nodes.add(node);
      }
    }
    Model folded = BLOCK.around(nodes, "y");
    assertEquals(List.of("a"), found(folded));
    var feeds = Blocks.data(6, 6, 6).batch(0, 3).inputs();
    assertArrayEquals(weights(BLOCK.model(), feeds), weights(folded, feeds), 1e-5f);
  }

  private static float[] weights(Model model, Map<String, Tensor> feeds) {
    var appended =
        ImportanceGraph.append(
            model, ImportanceOptions.published(), "x", "y", Optional.empty(), Optional.empty());
    return Blocks.run(appended.model(), appended.output(), feeds);
  }

  private static Node constant(String name, long... values) {
    Tensor tensor = Tensor.ofLongs("", new long[] {values.length}, values);
    return Node.of("Constant", List.of(), List.of(name), Attribute.of("value", tensor));
  }

  private static List<String> second(List<String> names) {
    return names.stream()
        .map(
            n ->
                n.equals("x")
                    ? "y"
                    : n.equals("attention_mask")
                            || BLOCK.model().graph().initializers().containsKey(n)
                        ? n
                        : "2." + n)
        .toList();
  }

  /** p = softmax(x vᵀ) with v = x wv, followed by the given nodes. */
  private static Model attention(Node... after) {
    List<Node> nodes =
        new ArrayList<>(
            List.of(
                Node.of("MatMul", List.of("x", "wv"), List.of("v")),
                node("Transpose", "v", "vT", Attribute.of("perm", new long[] {0, 2, 1})),
                Node.of("MatMul", List.of("x", "vT"), List.of("scores")),
                Node.of("Softmax", List.of("scores"), List.of("p"), LAST)));
    nodes.addAll(List.of(after));
    return BLOCK.around(nodes, "y");
  }

  private static Node node(String op, String from, String to, Attribute... attributes) {
    return Node.of(op, List.of(from), List.of(to), attributes);
  }

  private static List<String> found(Model model) {
    return AttentionFinder.find(model).stream().map(a -> a.value().orElseThrow()).toList();
  }
}
