package io.compressor.pass.weights.learn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What learning did to each block, in one sentence for the report. */
public final class BlockGains {
  private final List<String> unmoved = new ArrayList<>();
  private double before;
  private double after;
  private int failures;
  private int blocks;

  /**
   * @param name of the block
   */
  public void add(String name, Distilled outcome) {
    blocks++;
    before += outcome.before();
    after += outcome.after();
    failures += outcome.failures();
    if (!outcome.improved()) {
      unmoved.add(name);
    }
  }

  /** Empty when nothing learnt. */
  public Optional<String> words() {
    if (blocks == 0) {
      return Optional.empty();
    }
    Distilled mean = new Distilled(before / blocks, after / blocks, failures);
    return Optional.of(
        "learning %s, on average over %d blocks%s"
            .formatted(
                mean.words(),
                blocks,
                unmoved.isEmpty()
                    ? ""
                    : "; it did nothing for %d of them, which stay as they were solved: %s"
                        .formatted(unmoved.size(), unmoved)));
  }
}
