package io.compressor.train.task;

import io.compressor.autodiff.Gradients;
import io.compressor.graph.FreePrefix;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueNames;
import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.runtime.Taps;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A model as it is while it learns: every BatchNormalization uses mean and variance of its batch,
 * and gradients go through them.
 *
 * @param inference the model as it will be used, in an operator set that has gradients; norms have
 *     statistics of their own, each its own constants
 * @param training the same values under the same names, with norms by batch
 * @param norms whose statistics have to be found again before {@code inference} means anything
 */
public record TrainingForm(Model inference, Model training, List<Norm> norms) {
  /**
   * A norm's statistics.
   *
   * @param mean constant of the inference form
   * @param variance constant of the inference form
   * @param batchMean value of the training form, [C]
   * @param batchVariance value of the training form, [C], divided by the count
   */
  public record Norm(String mean, String variance, String batchMean, String batchVariance) {}

  public TrainingForm {
    norms = List.copyOf(norms);
  }

  /** The model with all its norms as they are: frozen statistics. */
  public static TrainingForm frozen(Model model) {
    Model raised = Gradients.raised(model);
    return new TrainingForm(raised, raised, List.of());
  }

  /** Norms whose statistics are not constants stay as they are. */
  public static TrainingForm of(Model model) {
    Model raised = Gradients.raised(model);
    GraphIndex index = new GraphIndex(raised);
    String prefix = FreePrefix.of(raised, "batch");
    Map<String, Tensor> constants = new LinkedHashMap<>(raised.graph().initializers());
    List<Node> inference = new ArrayList<>();
    List<Node> training = new ArrayList<>();
    List<Norm> norms = new ArrayList<>();
    for (Node node : raised.graph().nodes()) {
      boolean frozen =
          node.is("BatchNormalization")
              && node.intAttribute("training_mode", 0) == 0
              && index.constant(node.inputs().get(3)).isPresent()
              && index.constant(node.inputs().get(4)).isPresent();
      if (!frozen) {
        inference.add(node);
        training.add(node);
        continue;
      }
      String base = prefix + norms.size();
      Norm norm =
          new Norm(
              own(constants, index, node.inputs().get(3), base + "/mean"),
              own(constants, index, node.inputs().get(4), base + "/variance"),
              base + "/m",
              base + "/v");
      norms.add(norm);
      List<String> inputs = new ArrayList<>(node.inputs().subList(0, 3));
      inputs.add(norm.mean());
      inputs.add(norm.variance());
      inference.add(node.withInputs(inputs));
      training.add(batchwise(node.withInputs(inputs), norm));
    }
    Set<String> read = new HashSet<>();
    inference.forEach(n -> read.addAll(ValueNames.reads(n)));
    raised.graph().outputs().forEach(v -> read.add(v.name()));
    raised.graph().inputs().forEach(v -> read.add(v.name()));
    constants.keySet().retainAll(read);
    Model still = raised.withGraph(raised.graph().withInitializers(constants));
    return new TrainingForm(
        still.withGraph(still.graph().withNodes(inference)),
        still.withGraph(still.graph().withNodes(training)),
        norms);
  }

  /** The constant's own name where no other node reads it, else that of a copy. */
  private static String own(
      Map<String, Tensor> constants, GraphIndex index, String from, String copy) {
    if (constants.containsKey(from) && index.soleConsumer(from).isPresent()) {
      return from;
    }
    constants.put(copy, index.constant(from).orElseThrow().withName(copy));
    return copy;
  }

  /** With momentum 0 the running statistics that the node gives are those of the batch. */
  private static Node batchwise(Node node, Norm norm) {
    Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
    attributes.remove("spatial");
    for (Attribute one : List.of(Attribute.of("training_mode", 1L), Attribute.of("momentum", 0f))) {
      attributes.put(one.name(), one);
    }
    return node.withAttributes(attributes)
        .withOutputs(List.of(node.outputs().get(0), norm.batchMean(), norm.batchVariance()));
  }

  /** The values of the training form that {@link NormStatistics} wants. */
  List<String> statistics() {
    return norms.stream().flatMap(n -> Stream.of(n.batchMean(), n.batchVariance())).toList();
  }

  /** The training form with other constants, as far as {@link #statistics} need it. */
  Model measuring(Map<String, Tensor> values) {
    List<String> wanted = statistics();
    return Taps.only(Taps.expose(with(training, values), wanted), wanted);
  }

  /** The inference form with other constants, by name. */
  public Model with(Map<String, Tensor> values) {
    return with(inference, values);
  }

  private static Model with(Model model, Map<String, Tensor> values) {
    Map<String, Tensor> constants = new LinkedHashMap<>(model.graph().initializers());
    values.forEach(
        (name, tensor) -> {
          if (constants.replace(name, tensor) == null) {
            throw new IllegalArgumentException("'" + name + "' is no constant of the model");
          }
        });
    return model.withGraph(model.graph().withInitializers(constants));
  }
}
