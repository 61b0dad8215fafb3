package io.compressor.pipeline;

import io.compressor.formats.data.Dataset;
import io.compressor.ir.Model;
import io.compressor.pass.FormChooser;
import java.util.Optional;

/** Lets a benchmark have the pipeline's own choice of forms. */
public final class BenchKernels {
  private BenchKernels() {}

  public static FormChooser chooser(Model model, Dataset data) {
    return Kernels.in(Optional.empty()).chooser(model, TypicalRows.of(model, Optional.of(data)));
  }
}
