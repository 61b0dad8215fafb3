package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Samples that fit one model. Opened by {@link Datasets#open}; safe to read from many threads.
 *
 * <p>Views made by {@link #select} and {@link #slice} share the files of the data set they were
 * made from: only that one needs closing.
 */
public interface Dataset extends AutoCloseable {
  /** Path and kind in one line, for reports. */
  String describe();

  /** Number of samples; at least 1. */
  int size();

  /** Model inputs that the data gives itself, without the filled ones. */
  Set<String> inputNames();

  /**
   * Samples [from, to), stacked along axis 0; ragged ones are padded at the end to the longest of
   * the batch (token ids with the pad id, masks with 0, audio with silence). Contains every input
   * the model requires, filled ones included.
   *
   * @throws CompressorException DATA when a file behind the samples is broken or the batch exceeds
   *     2 GiB
   */
  Batch batch(int from, int to);

  /** One label a sample, never negative. */
  Optional<long[]> labels();

  /** One score a sample, or one a pair (size / 2 of them) when {@link #pairs()}. */
  Optional<double[]> scores();

  /** Whether samples 2i and 2i + 1 belong together, as sentence pairs do. */
  boolean pairs();

  /**
   * Natural length of a sample before padding (tokens, audio frames), or -1 when all samples have
   * the shape the files give them. Batches of similar lengths waste least.
   */
  int length(int sample);

  /** The only batch size that fits the model, when the model or the data fixes one. */
  OptionalInt fixedBatch();

  /** Lower-case hex SHA-256 over the files' contents and the descriptor; reads all the files. */
  String sha256();

  /** What is in the data and what was done to it; reads all samples once to find duplicates. */
  DataSummary summary();

  /** A view of the given samples in the given order; labels and scores follow. */
  Dataset select(int... samples);

  /** A view of samples [from, to). */
  default Dataset slice(int from, int to) {
    return select(IntStream.range(from, to).toArray());
  }

  /** Releases files and natives; views become unusable. */
  @Override
  void close();
}
