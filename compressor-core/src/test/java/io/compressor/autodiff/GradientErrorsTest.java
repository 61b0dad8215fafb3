package io.compressor.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Attribute;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GradientErrorsTest {
  private static final Attribute KEEP_NONE = Attribute.of("keepdims", 0L);

  private static Node node(String op, String output, String... inputs) {
    return Node.of(op, List.of(inputs), List.of(output));
  }

  private static Node total(String output, String input) {
    return Node.of("ReduceSum", List.of(input), List.of(output), KEEP_NONE);
  }

  private static Model model(Node... nodes) {
    Value x = Value.of("x", TensorType.of(ElementType.FLOAT, 2, 2));
    Value ids = Value.of("ids", TensorType.of(ElementType.INT64, 2));
    Map<String, Tensor> weights =
        Map.of("w", Tensor.ofFloats("w", new long[] {2, 2}, new float[] {1, 2, 3, 5}));
    String last = nodes[nodes.length - 1].outputs().get(0);
    Value loss = new Value(last, Optional.empty(), Bytes.empty());
    return Model.of(
        8,
        18,
        new Graph(
            "errors",
            Arrays.asList(nodes),
            weights,
            List.of(),
            List.of(x, ids),
            List.of(loss),
            List.of(),
            Bytes.empty()));
  }

  private static CompressorException refused(Model model, String loss, String... parameters) {
    return assertThrows(
        CompressorException.class, () -> Gradients.of(model, loss, List.of(parameters)));
  }

  @Test
  void aModelThatCannotBeRaisedIsRefusedByName() {
    Model old =
        Model.of(
            8,
            7,
            model(
                    Node.of("Dropout", List.of("x"), List.of("y", "mask")).withName("drop"),
                    total("loss", "mask"))
                .graph());
    CompressorException e = assertThrows(CompressorException.class, () -> Gradients.raised(old));
    assertEquals(ErrorCode.MODEL, e.code());
    assertEquals("drop", e.where());
    assertTrue(e.getMessage().contains("mask"), e.getMessage());
  }

  @Test
  void lossMustBeOneNumber() {
    CompressorException e = refused(model(node("MatMul", "y", "x", "w")), "y", "w");
    assertEquals(ErrorCode.USAGE, e.code());
    assertEquals("y", e.where());
    assertTrue(e.getMessage().startsWith("a loss is one number, this has shape"), e.getMessage());
  }

  @Test
  void unknownNames() {
    Model model = model(node("MatMul", "y", "x", "w"), total("loss", "y"));
    assertEquals("nowhere", refused(model, "nowhere", "w").where());
    assertEquals("nobody", refused(model, "loss", "nobody").where());
    GradientRequest products = GradientRequest.products(Map.of("gone", "seed"), List.of("w"));
    CompressorException e =
        assertThrows(CompressorException.class, () -> Gradients.of(model, products));
    assertEquals("gone", e.where());
    assertEquals("the model's main graph has no such value", e.getMessage());
  }

  @Test
  void onlyFloatsHaveGradients() {
    Model model =
        model(node("Gather", "y", "x", "ids"), node("Mul", "z", "y", "w"), total("loss", "z"));
    CompressorException e = refused(model, "loss", "ids");
    assertEquals("ids", e.where());
    assertTrue(e.getMessage().contains("only floats have gradients"), e.getMessage());
  }

  @Test
  void parameterThatIsNotReachedIsNamed() {
    Model model = model(node("Mul", "other", "w", "w"), total("loss", "x"));
    CompressorException e = refused(model, "loss", "x", "w");
    assertEquals("w", e.where());
    assertEquals("does not reach loss by any node", e.getMessage());
  }

  @Test
  void missingRuleIsNamedWithItsPath() {
    Model model =
        model(node("MatMul", "a", "x", "w"), node("Det", "d", "a"), node("Mul", "loss", "d", "d"));
    CompressorException e = refused(model, "loss", "w");
    assertEquals(ErrorCode.MODEL, e.code());
    assertTrue(e.getMessage().endsWith("through it: loss ← d ← [Det] ← a ← w"), e.getMessage());
    assertTrue(e.getMessage().startsWith("Det has no gradient"), e.getMessage());
  }

  @Test
  void ruleIsNotMissedWhereNoGradientHasToPass() {
    Model model = model(node("Det", "d", "x"), node("Mul", "y", "d", "w"), total("loss", "y"));
    assertEquals(
        List.of("w"), List.copyOf(Gradients.of(model, "loss", List.of("w")).gradients().keySet()));
    assertTrue(refused(model, "loss", "x").getMessage().startsWith("Det has no gradient"));
  }

  @Test
  void stepsAskForSurrogates() {
    for (String step : List.of("Sign", "Round", "Floor", "Ceil")) {
      Model model = model(node(step, "s", "w"), node("Mul", "y", "s", "x"), total("loss", "y"));
      CompressorException e = refused(model, "loss", "w");
      assertEquals("its derivative is zero or undefined: declare a surrogate for 's'", e.hint());
      GradientRequest passed =
          GradientRequest.of("loss", List.of("w"))
              .surrogates(Map.of("s", Surrogate.straightThrough("w")));
      assertEquals(1, Gradients.of(model, passed).gradients().size());
    }
  }

  @Test
  void indicesCutThePath() {
    Node most = Node.of("ArgMax", List.of("w"), List.of("i"), Attribute.of("axis", 1L), KEEP_NONE);
    Model model = model(most, node("Gather", "y", "x", "i"), total("loss", "y"));
    CompressorException e = refused(model, "loss", "w");
    assertEquals("w", e.where());
    assertTrue(e.hint().contains("declare a surrogate"), e.hint());
  }
}
