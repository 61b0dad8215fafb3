package io.compressor.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MatchTest {

  @Test
  void allConditionsMustHold() {
    Match m = match("op: [MatMul, Gemm], name: \"layers.*\", min-elements: 10, max-elements: 20");
    assertTrue(m.matches("MatMul", "layers.0.q", 10));
    assertTrue(m.matches("Gemm", "layers.0.q", 20));
    assertFalse(m.matches("Conv", "layers.0.q", 10));
    assertFalse(m.matches("MatMul", "head", 10));
    assertFalse(m.matches("MatMul", "layers.0.q", 9));
    assertFalse(m.matches("MatMul", "layers.0.q", 21));
  }

  @Test
  void notTakesAway() {
    Match m = match("name: [\"a*\", \"b*\"], not: { op: Gather, name: \"*x\" }");
    assertTrue(m.matches("Gather", "a1", 1));
    assertTrue(m.matches("MatMul", "bx", 1));
    assertFalse(m.matches("Gather", "bx", 1));
    assertFalse(m.matches("Gather", "c", 1));
  }

  @Test
  void nothingAskedMatchesEverything() {
    assertTrue(Match.ALL.matches("Conv", "", 0));
    assertEquals(Match.ALL, match(""));
  }

  @Test
  void globsMatchTheWholeName() {
    assertTrue(glob("layers.*.q", "layers.10.attn.q"));
    assertFalse(glob("layers.*.q", "layers.10.attn.qk"));
    assertTrue(glob("l?yer", "layer"));
    assertFalse(glob("l?yer", "lyer"));
    assertTrue(glob("*", ""));
    assertTrue(glob("/bert/*/MatMul", "/bert/enc/0/MatMul"));
    assertFalse(glob("", "x"));
    assertTrue(glob("a.b", "a.b"));
    assertFalse(glob("a.b", "axb"));
  }

  @Test
  void regularExpressionsAreFoundAnywhere() {
    assertTrue(glob("re:q_proj|k_proj", "layers.3.k_proj.weight"));
    assertFalse(glob("re:^q_proj", "layers.3.q_proj"));
  }

  @Test
  void hostileGlobsStayFast() {
    String pattern = "*a".repeat(200) + "b";
    String name = "a".repeat(20_000);
    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> assertFalse(new NamePattern(pattern, Optional.empty()).matches(name)));
  }

  private static boolean glob(String pattern, String name) {
    return NamePattern.of(pattern).matches(name);
  }

  private static Match match(String text) {
    return Recipe.parse("recipe: 1\nsteps: [{pass: quantize, match: {" + text + "}}]", "r")
        .steps()
        .get(0)
        .match();
  }
}
