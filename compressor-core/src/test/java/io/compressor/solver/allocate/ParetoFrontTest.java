package io.compressor.solver.allocate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class ParetoFrontTest {
  private static final List<ToDoubleFunction<Option>> ALL =
      List.of(Option::error, Option::bytes, Option::millis);

  @Test
  void onlyWhatNothingElseBetters() {
    Option small = new Option(3, 1, 5);
    Option good = new Option(1, 9, 5);
    Option fast = new Option(4, 9, 1);
    Option bad = new Option(3, 2, 5);
    assertEquals(List.of(small, good, fast), ParetoFront.of(List.of(small, bad, good, fast), ALL));
  }

  @Test
  void ofEqualsTheFirst() {
    Option one = new Option(1, 1, 1);
    assertEquals(List.of(one), ParetoFront.of(List.of(one, one, one), ALL));
    assertEquals(List.of(), ParetoFront.of(List.<Option>of(), ALL));
  }
}
