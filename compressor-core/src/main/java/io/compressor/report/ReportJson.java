package io.compressor.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@link Report} as JSON: keys in the order of the record, shortest numbers that read back to the
 * same value (the same on every JDK), lines ended by LF; "NaN" and "Infinity" are strings.
 */
public final class ReportJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              // the JDK's Double.toString changed in 19; this writer did not
              JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build())
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private ReportJson() {}

  /** The document, ended by a newline. */
  public static String write(Report report) {
    return print(report);
  }

  /**
   * Reads what {@link #write} wrote; keys added by a later version of the same schema are ignored.
   *
   * @throws CompressorException DATA when it is not such a document, IO when it cannot be read
   */
  public static Report read(Path file) {
    try {
      return parse(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO, file.toString(), "cannot read the report", "check the path", e);
    }
  }

  static Report parse(String text, String where) {
    try {
      JsonNode tree = MAPPER.readTree(text);
      JsonNode schema = tree == null ? null : tree.get("schema");
      if (schema == null || !schema.isInt() || schema.asInt() < 1) {
        throw malformed(where, "it has no \"schema\" number", null);
      }
      if (schema.asInt() > Report.SCHEMA) {
        throw new CompressorException(
            ErrorCode.DATA,
            where,
            "report has schema %d, this version reads up to %d"
                .formatted(schema.asInt(), Report.SCHEMA),
            "update the tool");
      }
      Optional<String> departure = ReportSchema.departure(tree);
      if (departure.isPresent()) {
        throw malformed(where, departure.get(), null);
      }
      return MAPPER.treeToValue(tree, Report.class);
    } catch (JsonProcessingException e) {
      throw malformed(where, e.getOriginalMessage(), e);
    }
  }

  static String print(Object value) {
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines);
    try {
      return MAPPER.writer(printer).writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new CompressorException(
          ErrorCode.INTERNAL, "report", "cannot write as JSON", "please report this", e);
    }
  }

  private static CompressorException malformed(String where, String why, @Nullable Throwable e) {
    return new CompressorException(
        ErrorCode.DATA, where, "not a report: " + why, "give a report.json of this tool", e);
  }
}
