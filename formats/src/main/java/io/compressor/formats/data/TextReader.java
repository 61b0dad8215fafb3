package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import io.compressor.formats.data.TextFiles.BlankLines;
import io.compressor.formats.data.TextRow.Next;
import io.compressor.formats.data.TextTokenizer.Tokens;
import io.compressor.ir.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;

/**
 * Text files through a tokenizer: one sample a record, two neighbouring samples a pair, one sample
 * a pair where {@code pairs: false} asks for both texts in one, or windows of a stream.
 */
final class TextReader {
  private static final int BLOCK = 256;
  private static final int STREAM_CHARS = 1 << 22;

  private final DataSource source;
  private final Path tokenizerPath;
  private final TextPlan plan;

  private TextReader(DataSource source, List<Value> inputs) {
    this.source = source;
    this.tokenizerPath = tokenizer(source);
    this.plan = TextPlan.of(source, inputs, TokenizerFacts.read(tokenizerPath));
  }

  static SampleSet read(DataSource source, List<Value> inputs) {
    TextReader reader = new TextReader(source, inputs);
    SampleSet read = reader.plan.windows() ? reader.windows() : reader.records();
    return read.note(reader.plan.notes());
  }

  private static Path tokenizer(DataSource source) {
    Path beside = source.files().get(0).toAbsolutePath().resolveSibling("tokenizer.json");
    Path path = source.text().tokenizer().orElse(beside);
    if (!Files.isRegularFile(path)) {
      throw BadData.in(
          source.origin(),
          "text needs a tokenizer, none at " + path,
          "put the model's tokenizer.json beside the model or the data, or name it under"
              + " 'tokenizer' in a data.yaml");
    }
    return path;
  }

  /** Records are joined by line ends; pieces of a few million characters are encoded alone. */
  private SampleSet windows() {
    try (TextTokenizer tokenizer = TextTokenizer.whole(tokenizerPath);
        TokenStore.Writer ids = new TokenStore.Writer()) {
      OptionalLong wanted = wanted();
      long enough = wanted.isEmpty() ? Long.MAX_VALUE : plan.tokensOf(wanted.getAsLong());
      StringBuilder piece = new StringBuilder();
      boolean[] first = {true};
      TextFiles.read(
          source,
          BlankLines.KEPT,
          row -> {
            piece.append(first[0] ? "" : "\n").append(row.text());
            row.second().ifPresent(second -> piece.append('\n').append(second));
            first[0] = false;
            if (piece.length() >= STREAM_CHARS) {
              ids.append(tokenizer.stream(piece.toString()));
              piece.setLength(0);
            }
            return ids.size() >= enough ? Next.ENOUGH : Next.MORE;
          });
      ids.append(tokenizer.stream(piece.toString()));
      if (ids.size() == 0) {
        throw empty();
      }
      TokenStore.Rows rows = TokenStore.Rows.windows(ids.size(), plan.length(), plan.stride());
      String note =
          "%d tokens as one stream, windows of %d every %d"
              .formatted(ids.size(), rows.lengths()[0], plan.stride());
      SampleSet samples = plan.samples(hashed(), ids.finish(), rows).note(List.of(note));
      return rows.lengths()[0] >= plan.length()
          ? samples
          : samples.note(
              List.of(
                  "the whole text has %d tokens, %d were asked for: %s"
                      .formatted(rows.lengths()[0], plan.length(), DataSummary.SHORT)));
    }
  }

  private SampleSet records() {
    try (TextTokenizer tokenizer = TextTokenizer.truncating(tokenizerPath, plan.length());
        TokenizedRecords out = new TokenizedRecords()) {
      List<TextRow> block = new ArrayList<>();
      long[] left = {wanted().orElse(Long.MAX_VALUE)};
      TextFiles.read(
          source,
          BlankLines.SKIPPED,
          row -> {
            block.add(row);
            if (block.size() == BLOCK) {
              encode(tokenizer, block, out);
            }
            return --left[0] <= 0 ? Next.ENOUGH : Next.MORE;
          });
      encode(tokenizer, block, out);
      if (out.rows() == 0) {
        throw empty();
      }
      return out.finish(plan, hashed());
    }
  }

  /** The tokenizer decides what the samples are, so it counts in the content hash. */
  private List<Path> hashed() {
    List<Path> files = new ArrayList<>(source.files());
    files.add(tokenizerPath);
    return files;
  }

  private CompressorException empty() {
    return BadData.in(
        source.origin(), "no samples: no text in the files", "give at least one line");
  }

  /** Encodes and empties the block. */
  private void encode(TextTokenizer tokenizer, List<TextRow> block, TokenizedRecords out) {
    if (source.pairs().orElse(true)) {
      List<String> texts = new ArrayList<>();
      for (TextRow row : block) {
        texts.add(row.text());
        row.second().ifPresent(texts::add);
      }
      Iterator<Tokens> encoded = tokenizer.encode(texts).iterator();
      for (TextRow row : block) {
        out.add(row, encoded.next());
        row.second().ifPresent(second -> out.addSecond(encoded.next()));
      }
    } else {
      for (TextRow row : block) {
        out.add(
            row,
            row.second()
                .map(second -> tokenizer.encode(row.text(), second))
                .orElseGet(() -> tokenizer.encode(List.of(row.text())).get(0)));
      }
    }
    block.clear();
  }

  /** Records that suffice, when the selection is a plain limit. */
  private OptionalLong wanted() {
    Selection selection = source.selection();
    return selection.limit().isPresent()
            && selection.shuffle().isEmpty()
            && selection.split().isEmpty()
        ? OptionalLong.of(selection.limit().getAsInt())
        : OptionalLong.empty();
  }
}
