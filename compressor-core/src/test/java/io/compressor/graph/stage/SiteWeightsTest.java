package io.compressor.graph.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.compressor.graph.Ort;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.stage.Blocks.Head;
import io.compressor.graph.stage.Blocks.Rotary;
import io.compressor.ir.Model;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SiteWeightsTest {
  static Stream<Model> models() {
    return Stream.of(Blocks.images(), Blocks.chain(2), Blocks.dense(2));
  }

  @ParameterizedTest
  @MethodSource("models")
  void theSameNumbersChangeNothing(Model model) {
    Model changed = model;
    for (Site site : SiteFinder.scan(model).sites()) {
      changed = SiteWeights.replace(changed, site, site.weightMatrix());
    }
    Ort.assertSame(model, changed, 0);
  }

  @Test
  void otherNumbersAreReadBackWhateverTheLayout() {
    Model model = Blocks.decoder(2, Rotary.SLICED, Head.TIED);
    Site tied = SiteFinder.scan(model).sites().get(0);
    assertEquals(2, tied.uses().size());
    float[] w = tied.weightMatrix();
    for (int i = 0; i < w.length; i++) {
      w[i] = i;
    }
    Model changed = SiteWeights.replace(model, tied, w);
    List<Site> sites = SiteFinder.scan(changed).sites();
    assertArrayEquals(w, sites.get(0).weightMatrix());
    Stage head = StageCutter.cut(model).get(3);
    Model part = SiteWeights.replace(head.model(model), head.sites(head.model(model)).get(0), w);
    assertArrayEquals(w, head.sites(part).get(0).weightMatrix());
    assertEquals(tied.name(), head.sites(part).get(0).name());
    assertThrows(
        IllegalArgumentException.class, () -> SiteWeights.replace(model, tied, new float[3]));
  }

  @Test
  void groupsFollowTheGraph() {
    Model model = Blocks.decoder(2, Rotary.SLICED, Head.OWN);
    Stage block = StageCutter.cut(model).get(1);
    List<List<String>> names =
        SiteGroups.of(block.sites(block.model(model))).stream()
            .map(g -> g.stream().map(Site::name).map(SiteWeightsTest::last).toList())
            .toList();
    assertEquals(
        List.of(List.of("q", "k", "v"), List.of("o"), List.of("gate", "up"), List.of("down")),
        names);
    assertEquals(4, SiteGroups.of(block.model(model)).size());
  }

  private static String last(String name) {
    String stem = name.substring(0, name.length() - ".weight".length());
    return stem.substring(stem.lastIndexOf('.') + 1);
  }
}
