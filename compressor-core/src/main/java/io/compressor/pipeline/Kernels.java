package io.compressor.pipeline;

import io.compressor.encoding.EncodingContext;
import io.compressor.encoding.EncodingPlanner;
import io.compressor.encoding.Int8Range;
import io.compressor.encoding.KernelProbe;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.graph.opset.OpsetRaiser;
import io.compressor.ir.Model;
import io.compressor.pass.FormChooser;
import io.compressor.runtime.ProbeCache;
import io.compressor.runtime.RuntimeInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What this machine's kernels cost, remembered in a file for all runs of this user, and in the
 * workspace, whose own times come first: given them, a plan depends on model and recipe only. Each
 * time is on the disk before anything rests on it, so that a killed run goes on with the same
 * forms, and runs with and without a workspace choose the same.
 */
final class Kernels {
  private static final String FILE = "kernels.tsv";

  /** Opsets that written forms ask for, best first. */
  private static final long[] OPSETS = {21, 13};

  /** Times are compared on one thread, so that a plan does not depend on how many a run has. */
  private static final int THREADS = 1;

  private final ProbeCache cache;

  private Kernels(ProbeCache cache) {
    this.cache = cache;
  }

  static Kernels in(Optional<Path> workspace) {
    List<Path> files = new ArrayList<>();
    workspace.ifPresent(w -> files.add(made(w).resolve(FILE)));
    Path user = userFolder();
    if (workspace.isEmpty() || isUsable(user)) {
      files.add(made(user).resolve(FILE));
    }
    return new Kernels(ProbeCache.keptIn(files));
  }

  private static boolean isUsable(Path folder) {
    try {
      return Files.isWritable(Files.createDirectories(folder));
    } catch (IOException e) {
      return false;
    }
  }

  private static Path made(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO,
          folder.toString(),
          "the workspace cannot be created: " + e.getMessage(),
          "give another --workspace",
          e);
    }
  }

  FormChooser chooser(Model model, int rows) {
    RuntimeInfo machine = RuntimeInfo.current();
    EncodingContext context =
        new EncodingContext(reachable(model), machine.ortVersion(), Int8Range.SAFE);
    KernelProbe probe = KernelProbe.of(cache, machine, THREADS, context);
    return new FormChooser(new EncodingPlanner(context, probe), probe, rows);
  }

  private static long reachable(Model model) {
    for (long target : OPSETS) {
      if (model.opset() < target && OpsetRaiser.raise(model, target).succeeded()) {
        return target;
      }
    }
    return model.opset();
  }

  private static Path userFolder() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path caches =
        xdg != null && !xdg.isBlank()
            ? Path.of(xdg)
            : Path.of(System.getProperty("user.home"), ".cache");
    return caches.resolve("compressor");
  }
}
