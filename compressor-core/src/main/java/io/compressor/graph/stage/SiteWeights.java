package io.compressor.graph.stage;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Puts other numbers in the place of a site's weight. */
public final class SiteWeights {
  private SiteWeights() {}

  /**
   * The model with {@code w} as the weight of {@code site} at each of its uses. A weight that a
   * node reads straight from an initializer keeps its name; one behind Constant, Cast or Transpose
   * nodes becomes an initializer.
   *
   * @param w W [out × in] row-major
   * @throws IllegalArgumentException when the number of weights is another
   */
  public static Model replace(Model model, Site site, float[] w) {
    if (w.length != site.parameters()) {
      throw new IllegalArgumentException(
          "'%s' has %d weights but got %d".formatted(site.name(), site.parameters(), w.length));
    }
    GraphEditor editor = new GraphEditor(model);
    for (Site use : SiteFinder.perUse(site, new GraphIndex(model))) {
      String name = use.node().inputs().get(use.weightInput());
      Tensor tensor = Tensor.ofFloats(name, use.weight().dims(), use.layout().toStored(w));
      if (editor.initializer(name).isPresent()) {
        editor.setInitializer(name, tensor);
      } else {
        String fresh = editor.addInitializer(tensor.withName(site.name()));
        editor.update(use.output(), n -> reading(n, use.weightInput(), fresh));
      }
    }
    return editor.build();
  }

  private static Node reading(Node node, int input, String value) {
    List<String> inputs = new ArrayList<>(node.inputs());
    inputs.set(input, value);
    return node.withInputs(inputs);
  }
}
