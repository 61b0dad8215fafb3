package io.compressor.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ValueTypesTest {

  @Test
  void ranksFollowFromOperators() {
    ValueTypes types =
        types(
            Graphs.graph()
                .input("x", 2, 3, 4)
                .weight("w", 4, 5)
                .node("MatMul", "m", List.of("x", "w"))
                .node("ReduceMean", "k", List.of("m"), Attribute.of("axes", new long[] {1}))
                .node(
                    "ReduceMean",
                    "d",
                    List.of("m"),
                    Attribute.of("axes", new long[] {1}),
                    Attribute.of("keepdims", 0))
                .node("Unsqueeze", "u", List.of("d"), Attribute.of("axes", new long[] {0, 1, 2}))
                .node("Add", "a", List.of("u", "d"))
                .node("Flatten", "f", List.of("a"))
                .node("Greater", "g", List.of("x", "w")));
    assertRank(types, "m", 3);
    assertRank(types, "k", 3);
    assertRank(types, "d", 2);
    assertRank(types, "u", 5);
    assertRank(types, "a", 5);
    assertRank(types, "f", 2);
    assertEquals(Optional.of(ElementType.BOOL), types.elementType("g"));
    assertEquals(Optional.of(ElementType.FLOAT), types.elementType("f"));
  }

  @Test
  void aReshapeIsAsLongAsTheShapeItIsGiven() {
    ValueTypes types =
        types(
            Graphs.graph()
                .input("x", 2, 3, 4)
                .node("Shape", "s", List.of("x"))
                .constant(Tensor.ofLongs("zero", new long[0], 0))
                .longs("one", 1)
                .longs("three", 3)
                .longs("rest", -1, 2)
                .node("Gather", "b", List.of("s", "zero"))
                .node("Unsqueeze", "u", List.of("b"), Attribute.of("axes", new long[] {0}))
                .node("Slice", "t", List.of("s", "one", "three"))
                .node("Concat", "c", List.of("u", "t", "rest"), Attribute.of("axis", 0))
                .node("Reshape", "r", List.of("x", "c")));
    assertRank(types, "b", 0);
    assertRank(types, "r", 5);
  }

  @Test
  void whatIsNotKnownStaysEmpty() {
    ValueTypes types =
        types(
            Graphs.graph()
                .input(Value.of("x", new TensorType(ElementType.FLOAT, Optional.empty())))
                .input("n", ElementType.INT64, -1)
                .node("Relu", "a", List.of("x"))
                .node("Reshape", "r", List.of("x", "n")));
    assertEquals(Optional.empty(), types.rank("a"));
    assertEquals(Optional.empty(), types.rank("r"));
    assertEquals(Optional.of(ElementType.FLOAT), types.elementType("r"));
    assertEquals(Optional.empty(), types.rank("nowhere"));
  }

  @Test
  void chainsThatDoubleOrNeverEndAreGivenUp() {
    Graphs graph = Graphs.graph().input("x", 2).input("v0", ElementType.INT64, -1);
    for (int i = 1; i <= 500; i++) {
      graph.node("Concat", "v" + i, List.of("v" + (i - 1), "v" + (i - 1)));
    }
    graph.node("Cast", "loop", List.of("loop"));
    ValueTypes types =
        types(
            graph
                .node("Reshape", "a", List.of("x", "v500"))
                .node("Reshape", "b", List.of("x", "loop")));
    assertEquals(Optional.empty(), types.rank("a"));
    assertEquals(Optional.empty(), types.rank("b"));
  }

  private static void assertRank(ValueTypes types, String value, int rank) {
    assertEquals(Optional.of(rank), types.rank(value), value);
  }

  private static ValueTypes types(Graphs graph) {
    return new ValueTypes(new GraphIndex(graph.model(11)));
  }
}
