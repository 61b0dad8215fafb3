package io.compressor.pass.reste;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.Graphs;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.Skipped;
import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Taps;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BinaryModelTest {
  /** first → tanh → inner conv → tanh → grouped → shortcut sum → … → shared twice → last. */
  static Model zoo() {
    Graphs g = Graphs.graph().input("x", -1, 2, 6, 6);
    conv(g, "first", "x", 1, 8, 2, 3);
    g.node("Tanh", "t1", List.of("first"));
    conv(g, "inner", "t1", 1, 8, 8, 3);
    conv(g, "short", "t1", 1, 8, 8, 1);
    g.node("Add", "sum", List.of("inner", "short")).node("Tanh", "t2", List.of("sum"));
    conv(g, "grouped", "t2", 4, 8, 2, 3);
    g.node("Relu", "r", List.of("grouped"));
    conv(g, "afterRelu", "r", 1, 8, 8, 3);
    g.node("GlobalAveragePool", "p", List.of("afterRelu")).node("Flatten", "f", List.of("p"));
    g.weight("dense", 8, 12).node("MatMul", "m", List.of("f", "dense"));
    g.weight("tied", 12, 12).node("MatMul", "a", List.of("m", "tied"));
    g.node("MatMul", "b", List.of("a", "tied"));
    g.weight("lastw", 12, 3).node("MatMul", "y", List.of("b", "lastw"));
    return g.output("y", -1, 3).model(18);
  }

  private static void conv(Graphs g, String name, String x, long group, long out, long in, long k) {
    g.weight(name + "w", out, in, k, k);
    g.node(
        "Conv",
        name,
        List.of(x, name + "w"),
        Attribute.of("group", group),
        Attribute.of("pads", new long[] {k / 2, k / 2, k / 2, k / 2}));
  }

  private static BinarySites sites(Model model, boolean weightsOnly) {
    return BinarySites.of(model, SiteFinder.scan(model).sites(), weightsOnly);
  }

  @Test
  void firstLastShortcutsGroupsAndSharedWeightsStay() {
    BinarySites found = sites(zoo(), false);
    Map<String, String> reasons =
        found.skipped().stream().collect(Collectors.toMap(Skipped::name, Skipped::reason));
    assertEquals(
        List.of("innerw", "afterReluw", "dense"),
        found.binary().stream().map(Site::name).toList(),
        "" + reasons);
    assertTrue(reasons.get("firstw").contains("first"), "" + reasons);
    assertTrue(reasons.get("lastw").contains("last"), "" + reasons);
    assertTrue(reasons.get("shortw").contains("shortcut"), "" + reasons);
    assertTrue(reasons.get("groupedw").contains("grouped"), "" + reasons);
    assertTrue(reasons.get("tied").contains("share"), "" + reasons);
    assertEquals("[innerw, dense]", "" + found.signed());
    assertTrue(found.kept().get(0).reason().contains("Relu"), "" + found.kept());
    assertTrue(sites(zoo(), true).signed().isEmpty());
  }

  /** Weights are sign · mean |w| with sign(0) = 1, and inputs ±1, whatever made them. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theGraphMakesWhatTheDefinitionSays(boolean perChannel) {
    Model model = zoo();
    float[] some = model.graph().initializers().get("innerw").toFloats();
    some[0] = 0;
    some[1] = -0f;
    Map<String, Tensor> constants = new HashMap<>(model.graph().initializers());
    constants.put("innerw", Tensor.ofFloats("innerw", new long[] {8, 8, 3, 3}, some));
    model = model.withGraph(model.graph().withInitializers(constants));
    BinarySites sites = sites(model, false);
    BinaryModel binary = BinaryModel.of(model, sites, new Estimator(true, 3, 1.5, 0.1), perChannel);
    List<String> wanted = List.of("innerw", "dense", "y");
    Model seen = Taps.only(Taps.expose(binary.model(), wanted), wanted);
    Map<String, Tensor> feeds = new HashMap<>(Estimator.feeds(1));
    feeds.put("x", Graphs.random("x", 1, 2, 2, 6, 6));
    try (RuntimeSession session = RuntimeSession.open(seen, SessionSettings.defaults())) {
      Map<String, Tensor> made = session.run(feeds);
      for (Site site : sites.binary()) {
        if (wanted.contains(site.name())) {
          float[] expected = BinaryModel.binary(site, site.weight().toFloats(), perChannel);
          assertArrayEquals(expected, made.get(site.name()).toFloats(), 1e-6f, site.name());
        }
      }
      float[] w = made.get("innerw").toFloats();
      assertTrue(w[0] > 0 && w[1] > 0);
    }
    assertEquals(5, binary.surrogates().size());
  }
}
