package io.compressor.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreatmentTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "float",
        "8-bit",
        "2-bit 65% zero",
        "4-bit 0.125% zero",
        "rank 96 float",
        "rank 1 4-bit"
      })
  void readsWhatItWrites(String text) {
    assertEquals(text, Treatment.parse(text).orElseThrow().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "9-bit",
        "1-bit",
        "16-bit",
        "4-bit 100% zero",
        "4-bit zero",
        "float 50% zero",
        "rank 0 4-bit",
        "rank 4",
        "rank 4 4-bit 50% zero",
        "4-bit  50% zero",
        "rank 99999999 float"
      })
  void everythingElseIsRefused(String text) {
    assertEquals(Optional.empty(), Treatment.parse(text));
  }

  @Test
  void contradictionsCannotBeMade() {
    assertThrows(IllegalArgumentException.class, () -> new Treatment(16, 0.5, 0));
    assertThrows(IllegalArgumentException.class, () -> new Treatment(4, 0.5, 8));
    assertThrows(IllegalArgumentException.class, () -> new Treatment(4, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new Treatment(12, 0, 0));
  }

  @Test
  void rulesHoldNamesOfAnyKind() {
    SiteRule rule = SiteRule.parse("a = b/weight:0 = 4-bit 50% zero").orElseThrow();
    assertEquals("a = b/weight:0", rule.site());
    assertEquals(new Treatment(4, 0.5, 0), rule.treatment());
    assertEquals("a = b/weight:0 = 4-bit 50% zero", rule.toString());
    assertTrue(SiteRule.parse("4-bit").isEmpty());
    assertTrue(SiteRule.parse(" = 4-bit").isEmpty());
  }
}
