package io.compressor.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * An equation with one label for each axis: spaces are gone, the output is written out, an ellipsis
 * has become labels of its own.
 *
 * @param operands labels by operand
 */
record EinsumEquation(List<String> operands, String output) {
  private static final String DOTS = "...";

  String operand(int i) {
    return operands.get(i);
  }

  static EinsumEquation of(NodeGradient at) {
    String text = at.node().textAttribute("equation", "").replace(" ", "");
    int arrow = text.indexOf("->");
    List<String> terms = List.of((arrow < 0 ? text : text.substring(0, arrow)).split(",", -1));
    if (terms.size() != at.inputs()) {
      throw at.unsupported("equation '" + text + "' has " + terms.size() + " operands", "");
    }
    String output = arrow < 0 ? implied(terms) : text.substring(arrow + 2);
    List<Integer> hidden = new ArrayList<>();
    for (int i = 0; i < terms.size(); i++) {
      String term = terms.get(i);
      hidden.add(term.contains(DOTS) ? at.rank(at.input(i)) - term.length() + DOTS.length() : 0);
    }
    int most = hidden.stream().mapToInt(h -> h).max().orElse(0);
    String fresh = fresh(text, most, at);
    List<String> operands = new ArrayList<>();
    for (int i = 0; i < terms.size(); i++) {
      String labels = terms.get(i).replace(DOTS, fresh.substring(most - hidden.get(i)));
      if (labels.chars().distinct().count() != labels.length()) {
        throw at.unsupported(
            "operand " + i + " of '" + text + "' repeats a label", "take the diagonal beforehand");
      }
      operands.add(labels);
    }
    return new EinsumEquation(operands, output.replace(DOTS, fresh));
  }

  /** Without an arrow: the ellipsis, then labels that occur once, in order. */
  private static String implied(List<String> terms) {
    TreeMap<Character, Integer> counts = new TreeMap<>();
    String all = String.join("", terms);
    all.replace(DOTS, "").chars().forEach(c -> counts.merge((char) c, 1, Integer::sum));
    String once =
        counts.entrySet().stream()
            .filter(e -> e.getValue() == 1)
            .map(e -> e.getKey().toString())
            .collect(Collectors.joining());
    return (all.contains(DOTS) ? DOTS : "") + once;
  }

  private static String fresh(String text, int count, NodeGradient at) {
    StringBuilder fresh = new StringBuilder();
    for (char c = 'A'; c <= 'z' && fresh.length() < count; c++) {
      if (Character.isLetter(c) && text.indexOf(c) < 0) {
        fresh.append(c);
      }
    }
    if (fresh.length() < count) {
      throw at.unsupported("equation '" + text + "' uses all letters", "rename its labels");
    }
    return fresh.toString();
  }
}
