package io.compressor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class LocalEngineTest {
  private static final List<Integer> ITEMS = IntStream.range(0, 100).boxed().toList();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void resultsComeInTheOrderOfTheItems(int threads) {
    try (Engine engine = new LocalEngine(threads)) {
      assertEquals(ITEMS.stream().map(i -> i * i).toList(), engine.map(ITEMS, i -> i * i));
      assertEquals(List.of(), engine.map(List.<Integer>of(), i -> i));
      assertEquals(threads, engine.parallelism());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void nestedMapsDoNotLockEachOtherOut(int threads) {
    try (Engine engine = new LocalEngine(threads)) {
      List<Integer> sums =
          engine.map(
              ITEMS,
              i ->
                  engine.map(ITEMS, j -> engine.map(List.of(1, 2), k -> k).size()).stream()
                      .mapToInt(j -> j)
                      .sum());
      assertEquals(ITEMS.stream().map(i -> 200).toList(), sums);
    }
  }

  @Test
  void itemsRunAtTheSameTime() throws InterruptedException {
    CountDownLatch both = new CountDownLatch(2);
    try (Engine engine = new LocalEngine(2)) {
      List<Boolean> met =
          engine.map(
              List.of(1, 2),
              i -> {
                both.countDown();
                try {
                  return both.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                  return false;
                }
              });
      assertEquals(List.of(true, true), met);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void theFailureIsRethrownAsItIs(int threads) {
    try (Engine engine = new LocalEngine(threads)) {
      assertEquals(
          "item 3",
          assertThrows(
                  IllegalStateException.class,
                  () ->
                      engine.map(
                          ITEMS,
                          i -> {
                            if (i == 3) {
                              throw new IllegalStateException("item 3");
                            }
                            return i;
                          }))
              .getMessage());
      assertThrows(
          StackOverflowError.class,
          () ->
              engine.map(
                  ITEMS,
                  i -> {
                    throw new StackOverflowError();
                  }));
      assertEquals(ITEMS, engine.map(ITEMS, i -> i));
    }
  }

  @Test
  void anInterruptStopsTheRest() {
    try (Engine engine = new LocalEngine(2)) {
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, () -> engine.map(ITEMS, i -> i));
      assertTrue(Thread.interrupted());
    }
  }
}
