package io.compressor.formats.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.compressor.formats.data.TextRow.Next;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Records of {@code .txt}, {@code .jsonl}, {@code .csv} and {@code .tsv} files. */
final class TextFiles {
  private final DataSource.Fields fields;
  private final BlankLines blankLines;

  private TextFiles(DataSource.Fields fields, BlankLines blankLines) {
    this.fields = fields;
    this.blankLines = blankLines;
  }

  /** What an empty line of a {@code .txt} is: nothing, or part of running text. */
  enum BlankLines {
    SKIPPED,
    KEPT
  }

  /** Feeds all records in order until the sink has enough. */
  static void read(DataSource source, BlankLines blankLines, TextRow.Sink sink) {
    TextFiles reader = new TextFiles(source.fields(), blankLines);
    Next next = Next.MORE;
    for (Path file : source.files()) {
      if (next == Next.MORE) {
        next = reader.read(file, sink);
      }
    }
  }

  private Next read(Path file, TextRow.Sink sink) {
    String name = SourceReader.lowerName(file);
    if (name.endsWith(".csv") || name.endsWith(".tsv")) {
      return csv(file, name.endsWith(".tsv") ? '\t' : ',', sink);
    }
    boolean json = name.endsWith(".jsonl");
    ObjectMapper mapper = new ObjectMapper();
    try (LineReader lines = LineReader.open(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (line.isBlank() && (json || blankLines == BlankLines.SKIPPED)) {
          continue;
        }
        TextRow row =
            json
                ? record(object(mapper, line, lines.where()), lines.where())
                : new TextRow(
                    line,
                    Optional.empty(),
                    Optional.empty(),
                    OptionalDouble.empty(),
                    lines.where());
        if (sink.accept(row) == Next.ENOUGH) {
          return Next.ENOUGH;
        }
      }
    }
    return Next.MORE;
  }

  private static Map<String, String> object(ObjectMapper mapper, String line, String where) {
    try {
      JsonNode node = mapper.readTree(line);
      if (node == null || !node.isObject()) {
        throw BadData.in(where, "no JSON object", "one object a line: {\"text\": ...}");
      }
      Map<String, String> out = new LinkedHashMap<>();
      node.properties()
          .forEach(
              e -> {
                if (e.getValue().isValueNode() && !e.getValue().isNull()) {
                  out.put(e.getKey(), e.getValue().asText());
                }
              });
      return out;
    } catch (JsonProcessingException e) {
      throw BadData.in(where, "broken JSON: " + e.getOriginalMessage(), "one object a line", e);
    }
  }

  private Next csv(Path file, char separator, TextRow.Sink sink) {
    CsvSchema schema = CsvSchema.emptySchema().withHeader().withColumnSeparator(separator);
    try (BufferedReader in =
            new BufferedReader(
                new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8));
        MappingIterator<Map<String, String>> rows =
            new CsvMapper().readerFor(Map.class).with(schema).readValues(in)) {
      while (rows.hasNextValue()) {
        long line = rows.getCurrentLocation().getLineNr();
        Map<String, String> values = new LinkedHashMap<>();
        rows.nextValue().forEach((k, v) -> values.put(k.replace("\uFEFF", "").strip(), v));
        if (sink.accept(record(values, file + ":" + line)) == Next.ENOUGH) {
          return Next.ENOUGH;
        }
      }
      return Next.MORE;
    } catch (JsonProcessingException | RuntimeJsonMappingException e) {
      throw BadData.in(
          file.toString(),
          "broken CSV: " + e.getMessage(),
          "first line column names, quotes around texts with commas",
          e);
    } catch (IOException e) {
      throw BadData.unreadable(file, e);
    }
  }

  private TextRow record(Map<String, String> values, String where) {
    String text = values.get(fields.text());
    String first = values.get(fields.textA());
    String second = values.get(fields.textB());
    Optional<String> other =
        text == null && first != null ? Optional.ofNullable(second) : Optional.empty();
    String body = other.isPresent() ? first : text;
    if (body == null) {
      throw BadData.in(
          where,
          "no '%s', nor '%s' and '%s'; found %s"
              .formatted(fields.text(), fields.textA(), fields.textB(), values.keySet()),
          "name the text column in a data.yaml: 'text: COLUMN'");
    }
    return new TextRow(
        body,
        other,
        Optional.ofNullable(values.get(fields.label())).map(String::strip),
        score(values, where),
        where);
  }

  private OptionalDouble score(Map<String, String> values, String where) {
    String text = values.get(fields.score());
    if (text == null || text.isBlank()) {
      return OptionalDouble.empty();
    }
    try {
      double score = Double.parseDouble(text);
      if (Double.isFinite(score)) {
        return OptionalDouble.of(score);
      }
    } catch (NumberFormatException e) {
      // Reported below with the others that are no finite number.
    }
    throw BadData.in(where, "score '" + text + "' is no number", "scores are finite numbers");
  }
}
