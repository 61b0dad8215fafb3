package io.compressor.formats.data;

import io.compressor.ir.Value;
import java.util.List;

/** Finds the input that a folder of files feeds. */
final class MediaInput {
  private MediaInput() {}

  /**
   * The input named under {@code columns}, else the only one of a fitting rank.
   *
   * @param least and {@code most} fitting rank
   */
  static Value of(DataSource source, List<Value> inputs, String what, int least, int most) {
    List<Value> fitting =
        inputs.stream()
            .filter(v -> source.columns().isEmpty() || source.columns().containsKey(v.name()))
            .filter(v -> InputRole.of(v) == InputRole.OTHER)
            .filter(v -> !source.fill().containsKey(v.name()))
            .filter(
                v -> {
                  int rank = Shapes.rank(v).orElse(most);
                  return rank >= least && rank <= most;
                })
            .toList();
    if (fitting.size() != 1) {
      throw BadData.in(
          source.origin(),
          "%d of the model's inputs take %s (rank %d to %d): %s"
              .formatted(
                  fitting.size(), what, least, most, inputs.stream().map(Shapes::spell).toList()),
          fitting.isEmpty()
              ? "this data does not fit this model"
              : "name the input: 'columns: { INPUT: file }'");
    }
    return fitting.get(0);
  }
}
