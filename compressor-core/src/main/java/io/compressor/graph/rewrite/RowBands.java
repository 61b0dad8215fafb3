package io.compressor.graph.rewrite;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts embedding tables into bands of rows, so that each band can be compressed on its own:
 *
 * <pre>
 *   Gather(table, ids)   →   Where(ids &lt; b, Gather(first, ids or 0), Gather(rest, ids − b or 0))
 * </pre>
 *
 * <p>Vocabularies are ordered by how often a token occurs, whether merged (BPE), cut (WordPiece) or
 * drawn (unigram): the first rows are read far more often than the last, and deserve more bits.
 * Bands end at a half, an eighth, a thirty-second … of the rows. Ids out of range stay errors.
 *
 * @param bands how many at most, at least 1
 */
public record RowBands(int bands) implements Rewrite {
  /** Smaller tables are not worth nodes of their own. */
  private static final long SMALLEST = 1 << 18;

  private static final int FEWEST_ROWS = 1 << 10;
  private static final String MARK = "/rows_";
  private static final Pattern BAND = Pattern.compile(MARK + "(\\d{1,9})_(\\d{1,9})_(\\d{1,9})$");

  /** How flat the head of the assumed distribution 1 / (id + rows / FLAT) is. */
  private static final double FLAT = 256;

  private static final long AXES_AS_INPUT = 13;

  @Override
  public String id() {
    return "cut.row-bands";
  }

  /**
   * The part of all look-ups that the rows of a band may expect: of 1 / (id + rows / 256), which no
   * data is needed for. 1 for what is no band.
   *
   * @param weight name of the band's table
   */
  public static double share(String weight) {
    Matcher band = BAND.matcher(weight);
    if (!band.find()) {
      return 1;
    }
    double rows = Double.parseDouble(band.group(3));
    double head = rows / FLAT;
    double from = Double.parseDouble(band.group(1)) + head;
    double to = Double.parseDouble(band.group(2)) + head;
    if (!(from < to && to <= rows + head)) {
      return 1; // somebody else's name
    }
    return Math.log(to / from) / Math.log((rows + head) / head);
  }

  @Override
  public RewriteResult apply(Model model) {
    GraphIndex index = new GraphIndex(model);
    GraphEditor editor = new GraphEditor(model);
    RewriteLog log = new RewriteLog();
    for (Tensor table : model.graph().initializers().values()) {
      List<Node> readers = index.consumers(table.name());
      if (bands > 1
          && fits(table)
          && !readers.isEmpty()
          && readers.stream().allMatch(RowBands::gathers)) {
        List<Band> cut = cut(editor, table);
        for (Node reader : readers) {
          editor.replace(reader.outputs().get(0), gathers(editor, model.opset(), reader, cut));
          log.applied(reader, "cut into %d bands of rows".formatted(cut.size()));
        }
      }
    }
    return log.result(log.isEmpty() ? model : editor.build());
  }

  private static boolean fits(Tensor table) {
    return table.rank() == 2
        && table.type() == ElementType.FLOAT
        && table.elements() >= SMALLEST
        && table.dims()[0] >= FEWEST_ROWS;
  }

  private static boolean gathers(Node node) {
    return node.is("Gather") && node.intAttribute("axis", 0) == 0;
  }

  private record Band(String table, long from, long to) {}

  private List<Band> cut(GraphEditor editor, Tensor table) {
    long rows = table.dims()[0];
    List<Band> all = new ArrayList<>();
    long from = 0;
    for (int i = 1; i <= bands; i++) {
      long to = i == bands ? rows : rows >> (2 * (bands - i) - 1);
      if (to > from) {
        String name = table.name() + MARK + from + "_" + to + "_" + rows;
        all.add(new Band(editor.addInitializer(rows(name, table, from, to)), from, to));
        from = to;
      }
    }
    return all;
  }

  private static Tensor rows(String name, Tensor table, long from, long to) {
    long row = table.byteCount() / table.dims()[0];
    return Tensor.of(
        name,
        table.type(),
        new long[] {to - from, table.dims()[1]},
        table.data().slice(from * row, (to - from) * row));
  }

  private static List<Node> gathers(GraphEditor editor, long opset, Node reader, List<Band> bands) {
    Parts parts = new Parts(editor, reader.outputs().get(0), opset);
    long rows = bands.get(bands.size() - 1).to();
    String ids =
        parts.add(
            "ids",
            "Cast",
            List.of(reader.inputs().get(1)),
            Attribute.of("to", ElementType.INT64.onnxId()));
    String fromEnd = parts.add("from_end", "Add", List.of(ids, parts.number(rows)));
    String id = parts.choose("id", parts.less(ids, 0), fromEnd, ids);
    String made = "";
    String inFront = "";
    for (int i = 0; i < bands.size(); i++) {
      Band band = bands.get(i);
      boolean last = i == bands.size() - 1;
      String local = parts.add("local", "Sub", List.of(id, parts.number(band.from())));
      String below = last ? "" : parts.less(id, band.to());
      String own = local;
      if (!last) {
        own = parts.choose("before", below, own, parts.number(0));
      }
      if (i > 0) {
        own = parts.choose("behind", inFront, parts.number(0), own);
      }
      String gathered = parts.add("rows", "Gather", List.of(band.table(), own));
      made = i == 0 ? gathered : parts.choose("either", parts.column(inFront), made, gathered);
      inFront = below;
    }
    parts.nodes.add(Node.of("Identity", List.of(made), reader.outputs()));
    return parts.nodes;
  }

  /** Nodes under one reader's name. */
  private record Parts(
      GraphEditor editor,
      String base,
      long opset,
      Map<List<Long>, String> known,
      List<Node> nodes) {
    Parts(GraphEditor editor, String base, long opset) {
      this(editor, base, opset, new HashMap<>(), new ArrayList<>());
    }

    String add(String name, String op, List<String> inputs, Attribute... attributes) {
      String output = editor.freshName(base + "/" + name);
      nodes.add(Node.of(op, inputs, List.of(output), attributes));
      return output;
    }

    String number(long value) {
      return constant(value);
    }

    private String constant(long value, long... dims) {
      return known.computeIfAbsent(
          List.of(value, (long) dims.length),
          k -> editor.addInitializer(Tensor.ofLongs("row", dims, value)));
    }

    String less(String ids, long limit) {
      return add("below", "Less", List.of(ids, number(limit)));
    }

    String choose(String name, String condition, String yes, String no) {
      return add(name, "Where", List.of(condition, yes, no));
    }

    /** A condition for each id as one for each row. */
    String column(String condition) {
      return opset >= AXES_AS_INPUT
          ? add("row_of", "Unsqueeze", List.of(condition, constant(-1, 1)))
          : add("row_of", "Unsqueeze", List.of(condition), Attribute.of("axes", new long[] {-1}));
    }
  }
}
