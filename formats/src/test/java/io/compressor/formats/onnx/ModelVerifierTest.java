package io.compressor.formats.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Attribute;
import io.compressor.ir.AttributeValue;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelVerifierTest {
  private static final Node RELU = Node.of("Relu", List.of("x"), List.of("h"));
  private static final Node ADD = Node.of("Add", List.of("h", "w"), List.of("y"));

  @Test
  void aSoundModelHasNoFindingsAndComesBackItself() {
    Model model = model(RELU, ADD);
    assertEquals(List.of(), ModelVerifier.verify(model));
    assertSame(model, ModelVerifier.verifyOrThrow(model));
  }

  @Test
  void nodesInTheWrongOrderAreSortedStably() {
    Node other = Node.of("Neg", List.of("x"), List.of("z"));
    Model model = model(ADD, other, RELU);
    assertEquals(List.of(Finding.Kind.UNSORTED), kinds(model));
    assertEquals(List.of(other, RELU, ADD), ModelVerifier.verifyOrThrow(model).graph().nodes());
  }

  @Test
  void aReadOfNothingIsFound() {
    assertFault(Finding.Kind.DANGLING_INPUT, "'nowhere'", model(RELU, ADD, reads("nowhere", "z")));
  }

  @Test
  void anOmittedOptionalInputIsNoFault() {
    assertEquals(List.of(), kinds(model(RELU, ADD, reads("", "z"))));
  }

  @Test
  void aCircleIsNamed() {
    Model model = model(RELU, ADD, reads("b", "a"), reads("a", "b"));
    assertFault(Finding.Kind.CYCLE, "'Neg->a' <- 'Neg->b'", model);
    assertFault(Finding.Kind.CYCLE, "'Neg->s'", model(RELU, ADD, reads("s", "s")));
  }

  @Test
  void aValueProducedTwiceIsFound() {
    assertFault(Finding.Kind.DUPLICATE_VALUE, "'h'", model(RELU, ADD, reads("x", "h")));
    assertFault(Finding.Kind.DUPLICATE_VALUE, "'w'", model(reads("x", "w"), RELU, ADD));
  }

  @Test
  void anOutputThatNothingProducesIsFound() {
    assertFault(Finding.Kind.MISSING_OUTPUT, "'y'", model(RELU));
  }

  @Test
  void theStandardOperatorSetMustBeImported() {
    Model bare =
        new Model(
            8, Map.of("other", 1L), model(RELU, ADD).graph(), List.of(), Map.of(), Bytes.empty());
    assertFault(Finding.Kind.MISSING_OPSET, "not imported", bare);
  }

  @Test
  void subgraphsSeeOuterValuesAndAreChecked() {
    assertEquals(List.of(), kinds(model(RELU, branch("h", "in"), ADD)));
    assertFault(Finding.Kind.DANGLING_INPUT, "'lost'", model(RELU, branch("lost", "in"), ADD));
  }

  @Test
  void whatASubgraphCapturesMustComeBeforeItsNode() {
    Node branch = branch("h", "in");
    Model model = model(branch, RELU, ADD);
    assertEquals(List.of(Finding.Kind.UNSORTED), kinds(model));
    List<Node> sorted = ModelVerifier.verifyOrThrow(model).graph().nodes();
    assertEquals(List.of("Relu", "If", "Add"), sorted.stream().map(Node::opType).toList());
  }

  @Test
  void aLongChainIsSortedWithoutDeepRecursion() {
    Node[] chain = new Node[20_000];
    for (int i = 0; i < chain.length; i++) {
      chain[chain.length - 1 - i] =
          reads(i == 0 ? "x" : "v" + i, i == 19_999 ? "y" : "v" + (i + 1));
    }
    List<Node> sorted = ModelVerifier.verifyOrThrow(model(chain)).graph().nodes();
    assertEquals("x", sorted.get(0).inputs().get(0));
    assertEquals("y", sorted.get(19_999).outputs().get(0));
  }

  private static Node reads(String input, String output) {
    return Node.of("Neg", List.of(input), List.of(output));
  }

  private static Node branch(String captured, String inner) {
    Graph body =
        new Graph(
            "then",
            List.of(reads(captured, inner)),
            Map.of(),
            List.of(),
            List.of(),
            List.of(Value.of(inner, TensorType.of(ElementType.FLOAT, 2))),
            List.of(),
            Bytes.empty());
    return Node.of(
        "If",
        List.of("x"),
        List.of("branched"),
        Attribute.of("then_branch", new AttributeValue.OfGraph(body)));
  }

  private static Model model(Node... nodes) {
    TensorType type = TensorType.of(ElementType.FLOAT, 2);
    Graph graph =
        new Graph(
            "g",
            List.of(nodes),
            Map.of("w", Tensor.ofFloats("w", new long[] {2}, new float[] {1, 2})),
            List.of(),
            List.of(Value.of("x", type)),
            List.of(Value.of("y", type)),
            List.of(),
            Bytes.empty());
    return Model.of(8, 17, graph);
  }

  private static List<Finding.Kind> kinds(Model model) {
    return ModelVerifier.verify(model).stream().map(Finding::kind).toList();
  }

  private static void assertFault(Finding.Kind kind, String said, Model model) {
    List<Finding> findings = ModelVerifier.verify(model);
    assertEquals(List.of(kind), findings.stream().map(Finding::kind).toList());
    assertTrue(findings.get(0).message().contains(said), findings.get(0).message());
    CompressorException thrown =
        assertThrows(CompressorException.class, () -> ModelVerifier.verifyOrThrow(model));
    assertEquals(ErrorCode.MODEL, thrown.code());
  }
}
