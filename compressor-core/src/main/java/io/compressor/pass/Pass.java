package io.compressor.pass;

import io.compressor.formats.data.Dataset;
import io.compressor.ir.Model;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.StatisticsRequest;

/**
 * One kind of compression. A pass holds its options and nothing else; what it learns about a model
 * lives in the scope of one run.
 */
public interface Pass {
  /** Its name in recipes. */
  String id();

  /** Whether it works on weights that can be compressed; others look at the model as it is. */
  default boolean wantsSites() {
    return true;
  }

  /** An equivalent model that is easier to compress; most passes return the model itself. */
  default Prepared prepare(Model model) {
    return Prepared.asIs(model);
  }

  /**
   * Which statistics of the whole model {@link #run} wants; one run over the data collects them
   * all. A pass that goes through the model stage by stage asks for none here.
   */
  default StatisticsRequest needs(PassScope scope) {
    return StatisticsRequest.none();
  }

  /** Which of the calibration samples statistics are taken from; all of them unless it says. */
  default Dataset observed(Dataset calibration) {
    return calibration;
  }

  /** What {@link #run} would do, as far as it can be known without reading a weight. */
  PassPlan plan(PassScope scope);

  /** Compresses the scope's sites. */
  PassOutcome run(PassScope scope, ActivationStatistics statistics);
}
