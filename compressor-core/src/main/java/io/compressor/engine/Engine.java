package io.compressor.engine;

import java.util.List;
import java.util.function.Function;

/**
 * The one port for parallel work: statistics over batch shards, solving sites, evaluating
 * candidates. Results come back in the order of the items, so that nothing depends on the number of
 * workers. Work may itself call {@link #map} on the same engine: the outer loop over sites and the
 * inner loop over the rows of one site share the same threads.
 */
public interface Engine extends AutoCloseable {
  /** An engine that does everything on the calling thread; needs no close. */
  static Engine direct() {
    return DirectEngine.INSTANCE;
  }

  /** How many items run at once. */
  int parallelism();

  /**
   * Applies {@code work} to every item; the first failure is rethrown after the rest has stopped.
   */
  <T, R> List<R> map(List<T> items, Function<? super T, ? extends R> work);

  @Override
  void close();
}
