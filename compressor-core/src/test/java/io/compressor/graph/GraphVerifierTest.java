package io.compressor.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.ir.Attribute;
import io.compressor.ir.AttributeValue;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

class GraphVerifierTest {

  @Test
  void aSoundModelHasNoFindings() {
    assertEquals(
        List.of(),
        GraphVerifier.verify(
            Graphs.graph().input("x", 2).node("Relu", "y", List.of("x")).output("y").model()));
  }

  @Test
  void danglingNamesCyclesAndDuplicatesAreFound() {
    finds(
        Graphs.graph().node("Relu", "y", List.of("nowhere")).output("y").model(),
        "reads 'nowhere', which nothing defines");
    finds(
        Graphs.graph()
            .node("Relu", "a", List.of("b"))
            .node("Relu", "b", List.of("a"))
            .output("b")
            .model(),
        "reads 'b' before it is computed");
    finds(
        Graphs.graph()
            .input("x", 2)
            .node("Relu", "y", List.of("x"))
            .node("Relu", "y", List.of("x"))
            .output("y")
            .model(),
        "'y' is defined twice");
    finds(
        Graphs.graph().output("y").model(), "output 'y' of the main graph is computed by no node");
  }

  @Test
  void subgraphsAreCheckedAgainstWhatTheyCanSee() {
    Graph inner = Graphs.graph().node("Relu", "r", List.of("later")).output("r").build();
    finds(
        Graphs.graph()
            .input("c", ElementType.BOOL)
            .node(
                Node.of(
                    "If",
                    List.of("c"),
                    List.of("y"),
                    Attribute.of("then_branch", new AttributeValue.OfGraph(inner))))
            .node("Relu", "later", List.of("y"))
            .output("later")
            .model(),
        "of a subgraph of node 'If->y' reads 'later'");
  }

  @Test
  void aDomainWithoutAnImportIsFound() {
    finds(
        Graphs.graph()
            .input("x", 2)
            .node(Node.in("acme", "Magic", List.of("x"), List.of("y")))
            .output("y")
            .model(),
        "domain 'acme'");
  }

  private static void finds(Model model, String expected) {
    List<String> findings = GraphVerifier.verify(model);
    assertTrue(findings.stream().anyMatch(f -> f.contains(expected)), findings::toString);
  }
}
