package io.compressor.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecipeSourceTest {
  private static final RecipeSource TWO =
      RecipeSource.text(
          "recipe: 1\nsteps:\n- pass: quantize\n  with: {bits: 6}\n- pass: quantize\n", "r.yaml");

  @Test
  void laterLayersWinAndEachValueKnowsItsOrigin() {
    RecipeSource file = RecipeSource.text("recipe: 1\nseed: 1\nsteps: []", "r.yaml");
    assertEquals("r.yaml:2", origin(file, "seed"));
    RecipeSource set = file.set("seed=2");
    assertEquals(2, set.resolve().recipe().seed());
    assertEquals("--set seed=2", origin(set, "seed"));
    RecipeSource option = set.option("seed", List.of("3"), "--seed");
    assertEquals(3, option.resolve().recipe().seed());
    assertEquals("--seed", origin(option, "seed"));
    assertEquals("default", origin(RecipeSource.text("recipe: 1\nsteps: []", "r"), "seed"));
    assertEquals("preset int8:7", origin(RecipeSource.preset("int8"), "steps[0].with.bits"));
  }

  @Test
  void aPassNameAddressesEveryStepOfThatPass() {
    Recipe r = TWO.set("quantize.bits=3").resolve().recipe();
    assertEquals(List.of(3, 3), r.steps().stream().map(RecipeSourceTest::bits).toList());
  }

  @Test
  void anIndexAddressesOneStep() {
    Recipe r = TWO.set("steps[1].bits=3").set("steps[0].match.op=[Conv, Gemm]").resolve().recipe();
    assertEquals(List.of(6, 3), r.steps().stream().map(RecipeSourceTest::bits).toList());
    assertEquals(List.of("Conv", "Gemm"), r.steps().get(0).match().ops());
    assertEquals(5, bits(TWO.set("steps[0].with.bits=5").resolve().recipe().steps().get(0)));
  }

  @Test
  void sectionsAppearWhenSet() {
    Recipe r = TWO.set("budget.size=30%").set("gates.metric=cosine").resolve().recipe();
    assertEquals(0.3, r.budget().size().orElseThrow().value());
    assertEquals(List.of("cosine"), r.gates().metrics());
  }

  @Test
  void badAssignmentsNameThemselves() {
    for (String bad :
        List.of(
            "bits",
            "=3",
            "seed=",
            "steps[7].bits=3",
            "quantize.bit=3",
            "quantize.bits=9",
            "prune.sparsity=1",
            "steps.bits=3",
            "seed.x=1",
            "..=1",
            "quantize.mixed=[8",
            "seed[0]=1")) {
      CompressorException e =
          assertThrows(CompressorException.class, () -> TWO.set(bad).resolve(), bad);
      assertTrue(e.where().startsWith("--set " + bad), e.where());
      assertEquals(2, e.code().exitCode());
    }
  }

  @Test
  void aBadOptionIsAUsageErrorNamingTheOption() {
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () -> TWO.option("gates.metric", List.of("top1", "top9"), "--metric").resolve());
    assertEquals(ErrorCode.USAGE, e.code());
    assertEquals("--metric", e.where());
  }

  @Test
  void canonicalTextResolvesToTheSameRecipeAndHash() {
    for (Presets.Preset preset : Presets.all()) {
      ResolvedRecipe first =
          RecipeSource.preset(preset.name()).set("steps[0].match.not.name=re:\"head\\d").resolve();
      ResolvedRecipe again = RecipeSource.text(first.toYaml(), "again").resolve();
      assertEquals(first.recipe(), again.recipe(), preset.name());
      assertEquals(first.toYaml(), again.toYaml());
      assertEquals(first.sha256(), again.sha256());
    }
    ResolvedRecipe copy = RecipeSource.text("recipe: 1\nsteps: []", "c").resolve();
    assertEquals(copy.recipe(), RecipeSource.text(copy.toYaml(), "again").resolve().recipe());
  }

  @Test
  void theHashFollowsWhatIsDoneNotWhereFilesLie() {
    String base = TWO.resolve().sha256();
    assertEquals(base, TWO.set("data.calibration=/elsewhere/x.npz").resolve().sha256());
    assertEquals(base, TWO.set("steps[1].bits=8").resolve().sha256());
    assertNotEquals(base, TWO.set("steps[1].bits=7").resolve().sha256());
  }

  @Test
  void unknownPresetsListTheKnown() {
    CompressorException e =
        assertThrows(CompressorException.class, () -> RecipeSource.preset("smal"));
    assertEquals("did you mean 'small'? known: " + String.join(", ", Presets.names()), e.hint());
  }

  private static int bits(Step step) {
    return ((QuantizeOptions) step.options()).bits();
  }

  private static String origin(RecipeSource source, String path) {
    return source.resolve().values().stream()
        .filter(v -> v.path().equals(path))
        .findFirst()
        .orElseThrow()
        .origin()
        .text();
  }
}
