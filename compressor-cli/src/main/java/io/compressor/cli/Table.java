package io.compressor.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Columns of text, padded; numbers (headers that start with '>') to the right. */
final class Table {
  private static final int GAP = 2;

  private final List<String> headers;
  private final List<List<String>> rows = new ArrayList<>();

  /** Columns with the given headers; {@code >} before a header aligns the column right. */
  Table(String... headers) {
    this.headers = List.of(headers);
  }

  Table row(Object... cells) {
    List<String> texts = new ArrayList<>();
    for (Object cell : cells) {
      texts.add(String.valueOf(cell));
    }
    if (texts.size() != headers.size()) {
      throw new IllegalArgumentException(
          "row of " + texts.size() + " cells for " + headers.size() + " columns");
    }
    rows.add(texts);
    return this;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  void print(PrintWriter out, Style style) {
    List<String> titles =
        headers.stream().map(h -> h.startsWith(">") ? h.substring(1) : h).toList();
    if (titles.stream().anyMatch(t -> !t.isEmpty())) {
      out.println(style.faint(line(titles)));
    }
    rows.forEach(r -> out.println(line(r)));
  }

  private String line(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < headers.size(); c++) {
      String pad = " ".repeat(width(c) - cells.get(c).length());
      boolean right = headers.get(c).startsWith(">");
      line.append(right ? pad + cells.get(c) : cells.get(c) + pad).append(" ".repeat(GAP));
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    String header = headers.get(column);
    int width = header.length() - (header.startsWith(">") ? 1 : 0);
    for (List<String> row : rows) {
      width = Math.max(width, row.get(column).length());
    }
    return width;
  }
}
