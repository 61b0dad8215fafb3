package io.compressor.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TapsTest {
  private static final Model MODEL = Tiny.perceptron(24, 40);
  private static final Map<String, Tensor> FEEDS = Map.of("x", Tiny.noise("x", 3, 5, 24));

  @ParameterizedTest
  @EnumSource
  void innerValuesKeepTheirNamesAtEveryLevel(Optimization level) {
    Model tapped = Taps.expose(MODEL, List.of("h", "a"));
    try (RuntimeSession session =
        RuntimeSession.open(tapped, SessionSettings.withThreads(1).level(level))) {
      Map<String, Tensor> out = session.run(FEEDS);
      assertEquals(List.of("y", "h", "a"), List.copyOf(out.keySet()));
      float[] h = out.get("h").toFloats();
      float[] a = out.get("a").toFloats();
      for (int i = 0; i < h.length; i++) {
        assertEquals(Math.max(0, h[i]), a[i]);
      }
    }
  }

  @Test
  void typesOfUndeclaredValuesAreInferred() {
    try (RuntimeSession session =
        RuntimeSession.open(Taps.expose(MODEL, List.of("h")), SessionSettings.withThreads(1))) {
      assertEquals("floatbatchx40", plain(session.outputs().get(1)));
    }
  }

  @Test
  void inputsAndConstantsCanBeReadToo() {
    Model tapped = Taps.expose(MODEL, List.of("x", "w1", "y"));
    assertEquals(3, tapped.graph().outputs().size(), "y is not repeated");
    try (RuntimeSession session = RuntimeSession.open(tapped, SessionSettings.withThreads(1))) {
      Map<String, Tensor> out = session.run(FEEDS);
      assertArrayEquals(FEEDS.get("x").toFloats(), out.get("x").toFloats());
      assertArrayEquals(
          MODEL.graph().initializers().get("w1").toFloats(), out.get("w1").toFloats());
    }
  }

  @Test
  void appendedNodesComputeOnInnerValues() {
    Model tapped =
        Taps.append(
            MODEL,
            List.of(Node.of("Mul", List.of("h", "two"), List.of("h2"))),
            Map.of("two", Tensor.scalar("two", 2)),
            List.of("h2", "h"));
    try (RuntimeSession session = RuntimeSession.open(tapped, SessionSettings.withThreads(1))) {
      Map<String, Tensor> out = session.run(FEEDS);
      float[] h = out.get("h").toFloats();
      float[] twice = out.get("h2").toFloats();
      for (int i = 0; i < h.length; i++) {
        assertEquals(2 * h[i], twice[i]);
      }
    }
  }

  @Test
  void takenNamesAreRefused() {
    assertThrows(
        CompressorException.class,
        () ->
            Taps.append(
                MODEL, List.of(Node.of("Relu", List.of("x"), List.of("h"))), Map.of(), List.of()));
    assertThrows(
        CompressorException.class,
        () -> Taps.append(MODEL, List.of(), Map.of("w1", Tensor.scalar("w1", 1)), List.of()));
  }

  @Test
  void unknownValuesAreRefused() {
    assertThrows(CompressorException.class, () -> Taps.expose(MODEL, List.of("nope")));
    assertThrows(CompressorException.class, () -> Taps.expose(MODEL, List.of("")));
    assertThrows(CompressorException.class, () -> Taps.only(MODEL, List.of("nope")));
  }

  @Test
  void onlyCutsWhatIsNotNeededAndKeepsInputs() {
    Model cut = Taps.only(MODEL, List.of("h"));
    assertEquals(1, cut.graph().nodes().size());
    assertTrue(cut.graph().initializers().containsKey("w1"));
    assertFalse(cut.graph().initializers().containsKey("w2"));
    try (RuntimeSession whole =
            RuntimeSession.open(Taps.expose(MODEL, List.of("h")), SessionSettings.withThreads(1));
        RuntimeSession part = RuntimeSession.open(cut, SessionSettings.withThreads(1))) {
      Map<String, Tensor> out = part.run(FEEDS);
      assertEquals(List.of("h"), List.copyOf(out.keySet()));
      assertArrayEquals(whole.run(FEEDS).get("h").toFloats(), out.get("h").toFloats());
    }
  }

  private static String plain(Value value) {
    return value.type().orElseThrow().toString().replaceAll("[\\[\\]]", "");
  }
}
