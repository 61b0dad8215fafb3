package io.compressor.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeParsingTest {
  private static final String FULL =
      """
      recipe: 1
      seed: 3
      data: { calibration: calib.npz, evaluation: dev.npz }
      steps:
        - pass: quantize
          match: { op: [MatMul, Gemm], name: "layers.*", min-elements: 4096, not: { name: "re:head$" } }
          with: { method: gptq, bits: 4, group: 64, damping: 2%, act-order: true }
        - pass: quantize
          match: { op: Conv }
      budget: { size: 25%, latency: 5ms, max-drop: 0.5% }
      gates: { metric: top1, max-drop: 0.5%, confidence: 95%, max-size: 2GiB }
      encoding: { prefer: size }
      """;

  @Test
  void everySectionIsRead() {
    Recipe r = Recipe.parse(FULL, "r.yaml");
    assertEquals(3, r.seed());
    assertEquals(2, r.steps().size());
    QuantizeOptions q = (QuantizeOptions) r.steps().get(0).options();
    assertEquals(QuantizeOptions.Method.GPTQ, q.method());
    assertEquals(4, q.bits());
    assertEquals(64, q.group());
    assertEquals(0.02, q.damping());
    assertTrue(q.actOrder());
    assertEquals(new Limit(Limit.Unit.FRACTION, 0.25), r.budget().size().orElseThrow());
    assertEquals(new Limit(Limit.Unit.MILLIS, 5), r.budget().latency().orElseThrow());
    assertEquals(0.005, r.budget().maxDrop().orElseThrow());
    assertEquals(List.of("top1"), r.gates().metrics());
    assertEquals(0.95, r.gates().confidence().orElseThrow());
    assertEquals(2.0 * (1 << 30), r.gates().maxSize().orElseThrow().value());
    assertEquals(EncodingPreference.SIZE, r.encoding());
    assertEquals(List.of("Conv"), r.steps().get(1).match().ops());
  }

  @Test
  void jsonIsAcceptedTabsIncluded() {
    Recipe r =
        Recipe.parse("{\n\t\"recipe\": 1,\n\t\"steps\": [{\"pass\": \"quantize\"}]\n}", "r.json");
    assertEquals(QuantizeOptions.defaults(), r.steps().get(0).options());
  }

  @Test
  void emptyStepsIsAFaithfulCopy() {
    Recipe r = Recipe.parse("recipe: 1\nsteps: []\n", "r.yaml");
    assertTrue(r.steps().isEmpty());
    assertEquals(Recipe.DEFAULT_SEED, r.seed());
    assertEquals(EncodingPreference.SPEED, r.encoding());
  }

  @Test
  void unknownKeysNameFileLineAndTheLikelyOne() {
    CompressorException e =
        fails("recipe: 1\nsteps:\n  - pass: quantize\n    with:\n      bit: 4\n");
    assertEquals("r.yaml:5", e.where());
    assertEquals("unknown key 'bit' in steps[0].with", e.getMessage());
    assertTrue(e.hint().startsWith("did you mean 'bits'?"), e.hint());
  }

  @Test
  void unknownKeysAreErrorsEverywhere() {
    for (String text :
        List.of(
            "recipe: 1\nsteps: []\nseeds: 1",
            "recipe: 1\nsteps: []\nbudget: {sizes: 25%}",
            "recipe: 1\nsteps: []\ngates: {metrics: top1}",
            "recipe: 1\nsteps: []\ndata: {calib: x}",
            "recipe: 1\nsteps: []\nencoding: {prefers: size}",
            "recipe: 1\nsteps: [{pass: quantize, wiht: {}}]",
            "recipe: 1\nsteps: [{pass: quantize, match: {ops: Conv}}]",
            "recipe: 1\nsteps: [{pass: quantize, match: {not: {ops: Conv}}}]")) {
      assertTrue(fails(text).getMessage().startsWith("unknown key"), text);
    }
  }

  @Test
  void unknownPassListsTheKnownOnes() {
    CompressorException e = fails("recipe: 1\nsteps:\n  - pass: quantise\n");
    assertEquals("r.yaml:3", e.where());
    assertEquals("unknown pass 'quantise' in steps[0]", e.getMessage());
    assertTrue(e.hint().contains("did you mean 'quantize'? known: quantize"), e.hint());
  }

  @Test
  void badValuesSayFoundAndExpected() {
    assertEquals("steps[0].with.bits is '9', expected integer 2 to 8", with("bits: 9"));
    assertEquals("steps[0].with.bits is '4.0', expected integer 2 to 8", with("bits: 4.0"));
    assertEquals("steps[0].with.bits is a list, expected integer 2 to 8", with("bits: [4]"));
    assertEquals("steps[0].with.method is 'gpt', expected rtn | gptq", with("method: gpt"));
    assertEquals(
        "steps[0].with.symmetric is 'yes', expected true or false", with("symmetric: yes"));
    assertEquals(
        "steps[0].with.damping is 'NaN', expected number or percentage, 0 to 1",
        with("damping: NaN"));
    assertEquals(
        "steps[0].with.damping is '150%', expected number or percentage, 0 to 1",
        with("damping: 150%"));
    assertEquals("steps[0].with.embeddings is '9', expected integer 0 to 8", with("embeddings: 9"));
    assertEquals("embeddings is '1', expected 0 or 2 to 8", with("embeddings: 1"));
    assertEquals(
        "budget.size is '25', expected percentage of the original (25%) or size (20MB, 2GiB)",
        fails("recipe: 1\nsteps: []\nbudget: { size: 25 }").getMessage());
    assertEquals(
        "budget.size is '5ms', expected percentage of the original (25%) or size (20MB, 2GiB)",
        fails("recipe: 1\nsteps: []\nbudget: { size: 5ms }").getMessage());
  }

  @Test
  void contradictionsAreErrorsAtTheirLine() {
    assertTrue(with("bits: 8, group: 64, activations: static").startsWith("group 64 contradicts"));
    assertTrue(with("act-order: true").contains("no meaning for method: rtn"));
    assertTrue(with("activations: dynamic, calibration: mse").contains("has no effect"));
    assertTrue(with("activations: none, smooth: 0.5").contains("activations is none"));
    assertTrue(with("mixed: [4]").contains("two or more different widths"));
    assertTrue(with("mixed: [4, 4]").contains("two or more different widths"));
    CompressorException e =
        fails("recipe: 1\nsteps:\n- pass: quantize\n  with:\n    act-order: true\n");
    assertEquals("r.yaml:5", e.where());
    assertTrue(
        fails("recipe: 1\nsteps: []\ngates: {confidence: 95%}").getMessage().contains("max-drop"));
    assertTrue(
        fails("recipe: 1\nsteps: [{pass: quantize, match: {min-elements: 9, max-elements: 8}}]")
            .getMessage()
            .contains("nothing can match"));
  }

  @Test
  void shapeMistakesAreExplained() {
    for (String text :
        List.of(
            "",
            "# only a comment\n",
            "just words",
            "- a\n- list\n",
            "steps: []",
            "recipe: 2\nsteps: []",
            "recipe: 1",
            "recipe: 1\nsteps: quantize",
            "recipe: 1\nsteps: [quantize]",
            "recipe: 1\nsteps: [{match: {}}]",
            "recipe: 1\nsteps:\n",
            "recipe: 1\nrecipe: 1\nsteps: []",
            "recipe: 1\nsteps: []\n---\nrecipe: 1\nsteps: []",
            "recipe: 1\nsteps: [",
            "{\"recipe\": 1",
            "recipe: 1\nsteps: [{pass: quantize, match: {name: \"re:(\"}}]")) {
      CompressorException e = fails(text);
      assertTrue(e.where().startsWith("r.yaml"), text);
      assertEquals(ErrorCode.RECIPE, e.code(), text);
    }
  }

  @Test
  void yamlBombsFailCleanly() {
    assertTrue(
        fails("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n").getMessage().contains("anchors"));
    assertTrue(fails("recipe: 1\nsteps: " + "[".repeat(5000)).code() == ErrorCode.RECIPE);
    assertTrue(fails("{\"steps\":" + "[".repeat(5000)).getMessage().contains("nested deeper"));
    assertTrue(fails("#".repeat((1 << 20) + 1)).getMessage().contains("the limit is"));
    assertTrue(fails("recipe: !!javax.script.ScriptEngineManager []").code() == ErrorCode.RECIPE);
  }

  @Test
  void filesAreReadRelativeToTheirFolder(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("r.yaml");
    Files.writeString(file, "recipe: 1\nsteps: []\ndata: { calibration: sub/c.npz }\n");
    DataRefs data = Recipe.load(file).data().orElseThrow();
    assertEquals(Optional.of(dir.toAbsolutePath().resolve("sub/c.npz")), data.calibration());
    assertEquals(Optional.empty(), data.evaluation());
  }

  @Test
  void unreadableFilesAreExplained(@TempDir Path dir) throws IOException {
    Path binary = Files.write(dir.resolve("b.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
    for (Path bad : List.of(dir, dir.resolve("none.yaml"), binary)) {
      CompressorException e = assertThrows(CompressorException.class, () -> Recipe.load(bad));
      assertEquals(bad.toString(), e.where());
      assertEquals(2, e.code().exitCode());
    }
  }

  private static String with(String options) {
    return fails("recipe: 1\nsteps: [{pass: quantize, with: {" + options + "}}]").getMessage();
  }

  private static CompressorException fails(String text) {
    return assertThrows(CompressorException.class, () -> Recipe.parse(text, "r.yaml"), text);
  }
}
