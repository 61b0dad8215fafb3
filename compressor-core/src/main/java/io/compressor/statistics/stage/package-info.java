/**
 * Runs a model stage after stage over data; what passes between stages lies in mapped files, so
 * memory holds one stage whatever the size of the model.
 *
 * <pre>
 * try (StageRunner run = StageRunner.start(model, StageCutter.cut(model), data, folder, …)) {
 *   for (; run.hasStage(); run.finish()) {
 *     for (List&lt;Site&gt; group : run.groups()) {
 *       run.reach(Set.of(group.get(0).input()));
 *       ActivationStatistics statistics = run.collect(…);
 *       run.replaceWeights(…);
 *     }
 *   }
 * }
 * </pre>
 */
@NullMarked
package io.compressor.statistics.stage;

import org.jspecify.annotations.NullMarked;
