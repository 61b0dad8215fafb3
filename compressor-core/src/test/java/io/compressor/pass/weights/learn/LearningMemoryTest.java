package io.compressor.pass.weights.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LearningMemoryTest {
  private static final long MIB = 1L << 20;

  @Test
  void whatRunsBesideIsCountedAndATenthMore() {
    assertEquals(110 * MIB, LearningMemory.need(100 * MIB, 30 * MIB, 1));
    assertEquals(143 * MIB, LearningMemory.need(100 * MIB, 30 * MIB, 2));
    assertEquals(2 * MIB, LearningMemory.need(MIB, 0, 4), "rounded up to whole MiB");
  }
}
