package io.compressor.encoding;

import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Any levels, any number of them: each word is looked up in a table that holds the levels of its
 * digits. The table is made by the graph itself from the codebook, one int8 a level, so that it
 * costs no room in the file even for words of 16 bits.
 *
 * <pre>
 * words ─ Cast ─ Gather(table) ─ Reshape (─ Cast)
 * </pre>
 */
final class TableUnpacking implements CodeUnpacking {
  private final CodeWords words;
  private final byte[] codebook;

  TableUnpacking(byte[] codebook) {
    this.words = CodeWords.of(codebook.length);
    this.codebook = codebook;
  }

  @Override
  public CodeWords words() {
    return words;
  }

  @Override
  public byte[] pack(byte[] codes, int rows, int cols) {
    return words.pack(codes, rows, cols);
  }

  @Override
  public String unpack(
      NodeList nodes, String base, String packed, long cols, long[] dims, ElementType type) {
    String indices = nodes.cast(base + "/words", packed, ElementType.INT32);
    String digits = nodes.gather(base + "/digits", table(nodes.emission()), indices);
    boolean whole = words.words(cols) * words.perWord() == cols;
    String rows =
        whole
            ? digits
            : nodes.reshape(base + "/rows", digits, -1, words.words(cols) * words.perWord());
    String levels = words.trimmed(nodes, base, rows, cols, dims);
    return type == ElementType.INT8 ? levels : nodes.cast(base + "/levels_float", levels, type);
  }

  /** INT8 value [words × codes a word] with the level of each digit of each word. */
  private String table(Emission emission) {
    return emission.sharedValue(
        List.of("table", ByteBuffer.wrap(codebook)),
        nodes -> {
          String levels =
              emission.constant(
                  Tensor.ofBytes(
                      "codebook", ElementType.INT8, new long[] {codebook.length}, codebook));
          return nodes.gather("table", levels, digits(emission));
        });
  }

  /** INT32 value [words × codes a word]: (word / levels^i) mod levels. */
  private String digits(Emission emission) {
    return emission.sharedValue(
        words,
        nodes -> {
          String all =
              nodes.add(
                  "words",
                  "Range",
                  List.of(
                      emission.scalar("zero", 0),
                      emission.scalar("count", words.wordCount()),
                      emission.scalar("one", 1)));
          String column = nodes.reshape("word_column", all, words.wordCount(), 1);
          String powers = emission.constant("powers", words.powers());
          String shifted = nodes.add("shifted", "Div", List.of(column, powers));
          return nodes.add(
              "digits", "Mod", List.of(shifted, emission.scalar("levels", words.levels())));
        });
  }
}
