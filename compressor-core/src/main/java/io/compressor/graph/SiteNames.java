package io.compressor.graph;

import io.compressor.ir.Node;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Stable, telling, unique names for weights. Exporters name folded weights {@code
 * onnx::MatMul_123}; the bias beside such a weight, or the node's own path, still says what it is.
 */
final class SiteNames {
  private static final Pattern ANONYMOUS =
      Pattern.compile(
          "|onnx::.*|(.*/)?Constant(_\\d+)?(_output_\\d+)?|"
              + "(_?v|val|const|constant|t|tmp|w|W|p|param|tensor|arg|initializer)?[_.:]?\\d+");

  private static final Pattern BIAS = Pattern.compile("(.*[._/:])bias");

  private final Set<String> taken = new HashSet<>();

  /** The name of the weight that {@code node} reads from constant {@code root}. */
  String name(String root, Node node, Optional<String> biasRoot) {
    String base = isAnonymous(root) ? derived(root, node, biasRoot) : root;
    String name = base;
    for (int i = 1; !taken.add(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }

  static boolean isAnonymous(String name) {
    return ANONYMOUS.matcher(name).matches();
  }

  private static String derived(String root, Node node, Optional<String> biasRoot) {
    return biasRoot
        .filter(b -> !isAnonymous(b))
        .map(BIAS::matcher)
        .filter(m -> m.matches())
        .map(m -> m.group(1) + "weight")
        .or(() -> fromPath(node))
        .orElse(root.isEmpty() ? node.label() : root);
  }

  /** {@code /encoder/layer.0/query/MatMul} to {@code encoder.layer.0.query.weight}. */
  private static Optional<String> fromPath(Node node) {
    String path = node.name();
    int cut = path.lastIndexOf('/');
    if (cut <= 0) {
      return Optional.empty();
    }
    String last = path.substring(cut + 1);
    boolean operator = last.matches(Pattern.quote(node.opType()) + "(_\\d+)?");
    String stem = operator ? path.substring(0, cut) : path;
    String suffix = last.substring(last.startsWith(node.opType()) ? node.opType().length() : 0);
    String dotted = (stem.startsWith("/") ? stem.substring(1) : stem).replace('/', '.');
    return Optional.of(dotted + (operator ? suffix : "") + ".weight");
  }
}
