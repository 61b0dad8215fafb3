package io.compressor.formats.data;

import java.util.List;

/**
 * The data section of a report.
 *
 * @param duplicates samples whose inputs equal those of an earlier sample
 * @param classes number of distinct labels; 0 without labels
 * @param padded share of padding when samples are stacked in order by 32, 0 to 1
 * @param filled inputs that the data does not give and how they were filled, one line each
 * @param notes conversions, truncations, defaults taken, one line each
 * @param random whether the values are made up, so that no quality figure means anything
 */
public record DataSummary(
    String source,
    DataKind kind,
    int samples,
    int duplicates,
    int classes,
    double padded,
    List<String> filled,
    List<String> notes,
    boolean random) {
  /** How a note ends that says there is not even one whole window of text. */
  static final String SHORT = "shorter than one window";

  public DataSummary {
    filled = List.copyOf(filled);
    notes = List.copyOf(notes);
  }

  /** Those of the notes that say there is too little data for what was asked for. */
  public List<String> shortages() {
    return notes.stream().filter(n -> n.endsWith(SHORT)).toList();
  }
}
