package io.compressor.formats.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a reader found in its files, before selection and filling.
 *
 * @param rows samples
 * @param columns by model input
 * @param labels one a row; negative ones are refused later
 * @param scores one a row, or one a pair
 * @param lengths natural length a row; empty when all have the shape the files give
 * @param files everything that was read, for the content hash
 * @param notes conversions, truncations, defaults taken
 */
record SampleSet(
    int rows,
    Map<String, Column> columns,
    Optional<long[]> labels,
    Optional<double[]> scores,
    boolean pairs,
    Optional<int[]> lengths,
    List<Path> files,
    List<String> notes) {
  SampleSet {
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    files = List.copyOf(files);
    notes = List.copyOf(notes);
  }

  /** Rows with inputs only. */
  static SampleSet of(int rows, Map<String, Column> columns, List<Path> files, List<String> notes) {
    return new SampleSet(
        rows, columns, Optional.empty(), Optional.empty(), false, Optional.empty(), files, notes);
  }

  SampleSet withLabels(Optional<long[]> newLabels) {
    return new SampleSet(rows, columns, newLabels, scores, pairs, lengths, files, notes);
  }

  SampleSet withScores(Optional<double[]> newScores, boolean newPairs) {
    return new SampleSet(rows, columns, labels, newScores, newPairs, lengths, files, notes);
  }

  SampleSet withLengths(int[] newLengths) {
    return new SampleSet(
        rows, columns, labels, scores, pairs, Optional.of(newLengths), files, notes);
  }

  SampleSet note(List<String> more) {
    List<String> all = new ArrayList<>(notes);
    all.addAll(more);
    return new SampleSet(rows, columns, labels, scores, pairs, lengths, files, all);
  }
}
