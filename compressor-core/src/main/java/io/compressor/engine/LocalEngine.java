package io.compressor.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Work on threads of this process. The caller of {@link #map} works too and only ever waits for
 * items that another thread has already begun, so nested calls cannot lock each other out.
 */
public final class LocalEngine implements Engine {
  private final int threads;
  private final ExecutorService helpers;

  public LocalEngine(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be >= 1 but was " + threads);
    }
    this.threads = threads;
    // The caller is the first worker; a pool of none is not allowed, an unused thread never starts.
    this.helpers =
        Executors.newFixedThreadPool(
            Math.max(1, threads - 1),
            task -> {
              Thread thread = new Thread(task, "compressor-worker");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public int parallelism() {
    return threads;
  }

  @Override
  public <T, R> List<R> map(List<T> items, Function<? super T, ? extends R> work) {
    // Helpers could be done with all items before the caller looks at its interrupt in a batch.
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("interrupted");
    }
    Batch<T, R> batch = new Batch<>(items, work);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 1; i < Math.min(threads, items.size()); i++) {
      running.add(helpers.submit(batch::drain));
    }
    try {
      batch.drain();
      return batch.await();
    } finally {
      running.forEach(f -> f.cancel(false));
    }
  }

  @Override
  public void close() {
    helpers.shutdownNow();
  }
}
