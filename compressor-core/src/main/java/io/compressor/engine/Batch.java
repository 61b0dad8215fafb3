package io.compressor.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Items that several threads take one after another, and their results in order. */
final class Batch<T, R> {
  private final List<T> items;
  private final Function<? super T, ? extends R> work;
  private final AtomicReferenceArray<R> results;
  private final AtomicInteger next = new AtomicInteger();
  private final CountDownLatch open;
  private volatile boolean stopped;
  private @Nullable Throwable failure;
  private int failedItem = Integer.MAX_VALUE;

  Batch(List<T> items, Function<? super T, ? extends R> work) {
    this.items = items;
    this.work = work;
    this.results = new AtomicReferenceArray<>(items.size());
    this.open = new CountDownLatch(items.size());
  }

  /** Takes items until none is left; after a failure the rest is skipped. */
  void drain() {
    for (int i = next.getAndIncrement(); i < items.size(); i = next.getAndIncrement()) {
      try {
        if (!stopped) {
          if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted");
          }
          results.set(i, work.apply(items.get(i)));
        }
      } catch (RuntimeException | Error e) {
        fail(i, e);
      } finally {
        open.countDown();
      }
    }
  }

  private synchronized void fail(int item, Throwable cause) {
    stopped = true;
    if (item < failedItem) {
      failedItem = item;
      failure = cause;
    }
  }

  private synchronized void rethrow() {
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  /** Waits for items that other threads began; on interrupt no further item is begun. */
  List<R> await() {
    boolean interrupted = false;
    while (open.getCount() > 0) {
      try {
        open.await();
      } catch (InterruptedException e) {
        interrupted = true;
        fail(Integer.MAX_VALUE - 1, new CancellationException("interrupted"));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    rethrow();
    List<R> list = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      list.add(results.get(i));
    }
    return list;
  }
}
