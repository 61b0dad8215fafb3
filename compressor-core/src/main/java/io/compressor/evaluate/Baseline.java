package io.compressor.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Values that an earlier candidate reached, kept in a file beside the sources so that a build can
 * tell when a model gets worse from one commit to the next.
 *
 * @param baseline version of this form, 1
 * @param data SHA-256 of the evaluation data
 * @param bytes size of the model files
 * @param metrics by name
 */
public record Baseline(int baseline, String data, long bytes, Map<String, Entry> metrics) {
  private static final int VERSION = 1;
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  /** One metric, with its 95 % interval. */
  public record Entry(double value, int n, double low95, double high95) {}

  public Baseline {
    metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
  }

  /** What the candidate of a comparison reached. */
  public static Baseline of(Comparison comparison, String dataSha256, long bytes) {
    Map<String, Entry> metrics = new TreeMap<>();
    for (PairedResult r : comparison.results()) {
      Estimate e = r.candidate();
      metrics.put(r.metric().id(), new Entry(e.value(), e.n(), e.low95(), e.high95()));
    }
    return new Baseline(VERSION, dataSha256, bytes, metrics);
  }

  /** What a single model reached. */
  public static Baseline of(Iterable<MetricResult> results, String dataSha256, long bytes) {
    Map<String, Entry> metrics = new TreeMap<>();
    for (MetricResult r : results) {
      Estimate e = r.estimate();
      metrics.put(r.metric().id(), new Entry(e.value(), e.n(), e.low95(), e.high95()));
    }
    return new Baseline(VERSION, dataSha256, bytes, metrics);
  }

  /**
   * @throws CompressorException DATA when the metric is not in the file
   */
  public double value(String metric) {
    @Nullable Entry entry = metrics.get(metric);
    if (entry == null) {
      throw new CompressorException(
          ErrorCode.DATA,
          "baseline",
          "baseline has no '%s', only %s".formatted(metric, metrics.keySet()),
          "write it again with this metric");
    }
    return entry.value();
  }

  /**
   * @throws CompressorException DATA when it was measured on other data
   */
  public Baseline on(String dataSha256) {
    if (!data.equals(dataSha256)) {
      throw new CompressorException(
          ErrorCode.DATA,
          "baseline",
          "baseline was measured on other data (SHA-256 %s, now %s)".formatted(data, dataSha256),
          "write it again on this data, or evaluate on the old");
    }
    return this;
  }

  /** As JSON, ended by a newline. */
  public String toJson() {
    try {
      return MAPPER.writeValueAsString(this).replace("\r\n", "\n") + "\n";
    } catch (JsonProcessingException e) {
      throw new CompressorException(
          ErrorCode.INTERNAL, "baseline", "cannot write as JSON", "please report this", e);
    }
  }

  /**
   * @throws CompressorException IO or DATA
   */
  public static Baseline read(Path file) {
    try {
      Baseline read = MAPPER.readValue(Files.readString(file), Baseline.class);
      if (read == null || read.baseline() != VERSION) {
        throw malformed(file, "it is not of version " + VERSION, null);
      }
      return read;
    } catch (JsonProcessingException e) {
      throw malformed(file, e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO, file.toString(), "cannot read the baseline", "check the path", e);
    }
  }

  private static CompressorException malformed(Path file, String why, @Nullable Throwable e) {
    return new CompressorException(
        ErrorCode.DATA,
        file.toString(),
        "not a baseline: " + why,
        "write it with check or evaluate",
        e);
  }
}
