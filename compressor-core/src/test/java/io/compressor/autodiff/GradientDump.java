package io.compressor.autodiff;

import io.compressor.formats.onnx.OnnxReader;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes the model that gives the gradients of Σ output·seed by all float constants that operators
 * of some types read: {@code GradientDump in.onnx out.onnx output [operator,…]}. For the comparison
 * with other engines in {@code benchmarks/peers/gradients.py}.
 */
final class GradientDump {
  private GradientDump() {}

  public static void main(String[] args) throws java.io.IOException {
    Model model = OnnxReader.read(Path.of(args[0]));
    String output = args[2];
    Set<String> operators = Set.of((args.length > 3 ? args[3] : "MatMul,Gemm,Conv").split(","));
    Set<String> parameters = new LinkedHashSet<>();
    for (Node node : model.graph().nodes()) {
      for (String input : operators.contains(node.opType()) ? node.inputs() : List.<String>of()) {
        var constant = model.graph().initializers().get(input);
        if (constant != null && constant.type().isFloat()) {
          parameters.add(input);
        }
      }
    }
    GradientRequest request =
        GradientRequest.products(Map.of(output, "seed"), new ArrayList<>(parameters))
            .keep(List.of(output));
    GradientModel gradients = Gradients.of(model, request);
    java.nio.file.Files.write(Path.of(args[1]), OnnxWriter.toBytes(gradients.model()));
    System.out.println(gradients.gradients().size() + " gradients");
  }
}
