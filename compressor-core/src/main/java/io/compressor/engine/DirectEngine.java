package io.compressor.engine;

import java.util.List;
import java.util.function.Function;

/** Everything on the calling thread; what {@link Engine#direct()} gives. */
enum DirectEngine implements Engine {
  INSTANCE;

  @Override
  public int parallelism() {
    return 1;
  }

  @Override
  public <T, R> List<R> map(List<T> items, Function<? super T, ? extends R> work) {
    return items.stream().<R>map(work).toList();
  }

  @Override
  public void close() {}
}
