package io.compressor.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.runtime.KernelOutcome.Verdict;
import io.compressor.runtime.KernelTable.Accuracy;
import io.compressor.runtime.KernelTable.ZeroPoints;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KernelTableTest {
  private static final KernelTable TABLE = KernelTable.shipped();

  @Test
  void minimumVersionsAreTheMeasuredOnes() {
    assertEquals(Optional.of("1.20.1"), since(4, 32, Accuracy.INT8));
    assertEquals(Optional.of("1.22.1"), since(8, 128, Accuracy.INT8));
    assertEquals(Optional.of("1.23.2"), since(8, 128, Accuracy.FLOAT));
    assertEquals(Optional.of("1.24.4"), since(2, 64, Accuracy.INT8));
    assertEquals(Optional.empty(), since(3, 32, Accuracy.FLOAT));
    assertEquals(Optional.of("1.27.0"), TABLE.minimumVersion("gbq/2"));
    assertEquals(Optional.of("1.23.2"), TABLE.minimumVersion("gbq/4"));
    assertEquals(Optional.of("1.20.1"), TABLE.minimumVersion("sparse_init"));
    assertEquals(Optional.of("1.20.1"), TABLE.minimumVersion("codebook_gather/default"));
  }

  @Test
  void brokenReleasesDoNotCountAsSupport() {
    // loads and returns NaN in 1.20 to 1.26, is refused until 1.31, works in 1.32
    assertEquals(Optional.of("1.32.0"), since(4, 512, Accuracy.INT8));
    String form = KernelTable.matMulNBits(4, 512, Accuracy.INT8, ZeroPoints.NONE);
    assertEquals(Verdict.WRONG, TABLE.outcome(form, "1.23.2").orElseThrow().verdict());
    assertEquals(Verdict.REFUSED, TABLE.outcome(form, "1.29.0").orElseThrow().verdict());
  }

  @Test
  void fusionIsToldFromMereSupport() {
    assertEquals(Optional.of("1.20.1"), TABLE.minimumVersion("dq_int8_blk"));
    assertEquals(Optional.of("1.25.1"), TABLE.minimumVersion("dq_int8_blk", "MatMulNBits"));
  }

  @Test
  void aReleaseInBetweenBehavesAsTheOneBefore() {
    String form = KernelTable.matMulNBits(2, 64, Accuracy.INT8, ZeroPoints.NONE);
    assertEquals(Verdict.EXACT, TABLE.outcome(form, "1.27.3").orElseThrow().verdict());
    assertEquals(Verdict.INT8, TABLE.outcome(form, "1.28.3").orElseThrow().verdict());
    assertEquals(Verdict.INT8, TABLE.outcome(form, "2.0").orElseThrow().verdict());
    assertEquals(Optional.empty(), TABLE.outcome(form, "1.9.0"));
    assertEquals(Optional.empty(), TABLE.outcome("no such form", "1.29.0"));
  }

  @Test
  void nestedListsAreNotErrors() {
    KernelOutcome outcome = KernelOutcome.parse("[0.00513,[-1.0,1.0]]");
    assertEquals(Verdict.INT8, outcome.verdict());
    assertEquals(List.of("MatMul"), KernelOutcome.parse("[0.0, ['MatMul']]").kernels());
    assertEquals(Verdict.WRONG, KernelOutcome.parse("[nan,0.0]").verdict());
    assertEquals(Verdict.WRONG, KernelOutcome.parse("[8371.61426,4188.85938]").verdict());
    assertEquals(Verdict.EXACT, KernelOutcome.parse("1e-06|0.0|MatMul").verdict());
  }

  @Test
  void versionsOrderByNumberNotByText() {
    assertTrue(KernelTable.compare("1.9.0", "1.24.2") < 0);
    assertTrue(KernelTable.compare("1.29.0", "1.29") > 0);
    assertEquals(12, TABLE.versions().size());
  }

  private static Optional<String> since(int bits, int block, Accuracy accuracy) {
    return TABLE.minimumVersion(KernelTable.matMulNBits(bits, block, accuracy, ZeroPoints.NONE));
  }
}
