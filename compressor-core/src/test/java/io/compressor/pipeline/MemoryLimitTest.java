package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.runtime.SessionSettings;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MemoryLimitTest {
  private static final MemoryLimit NONE = new MemoryLimit(OptionalLong.empty());
  private static final MemoryLimit GIB = new MemoryLimit(OptionalLong.of(1 << 30));

  @Test
  void modelsAreTimedBesideEachOtherOnlyWhereBothFit() {
    assertTrue(NONE.allowsBoth(1L << 40, 1));
    assertTrue(GIB.allowsBoth(90_000_000, 20_000_000));
    assertFalse(GIB.allowsBoth(652_000_000, 114_000_000));
    assertFalse(GIB.allowsBoth(1, 652_000_000));
  }

  @Test
  void onlyALimitTurnsOffThePackingOfWeights() {
    assertEquals(Map.of(), NONE.frugal(SessionSettings.defaults()).config());
    assertEquals(
        "1", GIB.frugal(SessionSettings.defaults()).config().get("session.disable_prepacking"));
  }
}
