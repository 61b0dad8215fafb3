package io.compressor.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Work on threads of this process. */
public final class LocalEngine implements Engine {
  private final int threads;
  private final ExecutorService pool;

  public LocalEngine(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be >= 1 but was " + threads);
    }
    this.threads = threads;
    this.pool =
        Executors.newFixedThreadPool(
            threads,
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
    List<Future<R>> running = new ArrayList<>();
    for (T item : items) {
      running.add(pool.submit(() -> work.apply(item)));
    }
    List<R> results = new ArrayList<>(items.size());
    try {
      for (Future<R> future : running) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (CancellationException) new CancellationException("interrupted").initCause(e);
    } finally {
      running.forEach(f -> f.cancel(true));
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
