package io.compressor.graph;

import io.compressor.graph.opset.OpsetRaiser;
import io.compressor.graph.rewrite.BatchNormFolding;
import io.compressor.graph.rewrite.FuseParallelMatMuls;
import io.compressor.ir.Attribute;
import io.compressor.ir.AttributeValue;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Nodes with missing inputs, outputs and attributes, or nonsense in them, never break analysis. */
class MalformedNodesTest {
  private static final List<String> OPERATORS =
      List.of(
          "MatMul",
          "Gemm",
          "Conv",
          "Gather",
          "Add",
          "Mul",
          "Sub",
          "Div",
          "BatchNormalization",
          "Relu",
          "MaxPool",
          "AveragePool",
          "Flatten",
          "Reshape",
          "Transpose",
          "Squeeze",
          "Unsqueeze",
          "Cast",
          "Identity",
          "Dropout",
          "Constant",
          "Pad",
          "Softmax",
          "Split",
          "Slice",
          "TopK",
          "Clip",
          "Upsample",
          "Resize",
          "Scatter",
          "ReduceSum",
          "ReduceMean",
          "DequantizeLinear",
          "MatMulInteger",
          "LSTM",
          "Shape",
          "Concat",
          "Where",
          "Expand",
          "ArgMax",
          "ConstantOfShape",
          "DFT",
          "GridSample",
          "GlobalAveragePool",
          "Magic");

  private static final List<String> CONSTANTS =
      List.of("w2", "w3", "w4", "v", "s", "ids", "empty", "bytes");

  @Test
  void randomNonsenseIsAnalysedWithoutFailing() {
    for (int seed = 0; seed < 3000; seed++) {
      Model model = nonsense(new SplittableRandom(seed));
      try {
        SiteFinder.scan(model).sites().forEach(Site::weightMatrix);
        new ValueTypes(new GraphIndex(model)).rank("x");
        OpsetRaiser.raise(model, OpsetRaiser.HIGHEST);
        new BatchNormFolding().apply(model);
        new FuseParallelMatMuls().apply(model);
        new GraphEditor(model).build();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + model.graph().nodes(), e);
      }
    }
  }

  private static Model nonsense(SplittableRandom random) {
    Graphs graph =
        Graphs.graph()
            .input("x", 2, 4)
            .weight("w2", 4, 4)
            .weight("w3", 4, 4, 3)
            .weight("w4", 4, 4, 1, 1)
            .weight("v", 4)
            .constant(Tensor.scalar("s", 2))
            .longs("ids", 1, -1)
            .weight("empty", 4, 0)
            .constant(
                Tensor.of("bytes", ElementType.INT4, new long[] {3, 3}, Bytes.of(new byte[5])));
    List<String> values = new ArrayList<>(CONSTANTS);
    values.addAll(List.of("x", "", "nowhere"));
    for (int i = 0; i < 6; i++) {
      graph.node(node(values, i, random));
      values.add("n" + i);
    }
    return graph.output("n5").model(random.nextBoolean() ? 7 : random.nextInt(8, 22));
  }

  private static Node node(List<String> values, int i, SplittableRandom random) {
    List<String> inputs = new ArrayList<>();
    for (int n = random.nextInt(6); n > 0; n--) {
      inputs.add(values.get(random.nextInt(values.size())));
    }
    List<String> outputs = new ArrayList<>(List.of("n" + i, "m" + i));
    outputs = outputs.subList(0, random.nextInt(10) == 0 ? 0 : random.nextInt(1, 3));
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    for (String name :
        List.of("axis", "axes", "perm", "to", "group", "transB", "pads", "kernel_shape", "value")) {
      if (random.nextInt(3) == 0) {
        attributes.put(name, new Attribute(name, value(random), Bytes.empty()));
      }
    }
    String operator = OPERATORS.get(random.nextInt(OPERATORS.size()));
    return new Node("", operator, "", inputs, outputs, attributes, Bytes.empty());
  }

  private static AttributeValue value(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> new AttributeValue.OfInt(random.nextInt(-3, 30));
      case 1 -> new AttributeValue.OfInts(random.longs(random.nextInt(5), -3, 5).toArray());
      case 2 -> new AttributeValue.OfFloat(random.nextInt(-2, 3));
      default ->
          new AttributeValue.OfString("nonsense".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    };
  }
}
