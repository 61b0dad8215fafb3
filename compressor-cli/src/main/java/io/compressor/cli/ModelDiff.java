package io.compressor.cli;

import io.compressor.formats.file.ContentHash;
import io.compressor.formats.onnx.ModelFile;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How two models differ, from their structure and the bytes of constants of the same name.
 *
 * @param header lines about versions, inputs and outputs that differ
 * @param operators types whose count differs
 * @param constants by what became of them
 * @param weights weights of A (as sites) that are no longer the same
 */
record ModelDiff(
    String a,
    String b,
    long bytesA,
    long bytesB,
    List<Change> header,
    List<OperatorChange> operators,
    Constants constants,
    List<WeightChange> weights) {

  /** A fact that differs. */
  record Change(String what, String a, String b) {}

  /** An operator type and how often each model uses it. */
  record OperatorChange(String operator, int a, int b) {}

  /** Counts of constants. */
  record Constants(int same, int changed, int onlyA, int onlyB) {}

  /** What became of a weight; {@code bytesB} is -1 when no constant of that name is left. */
  record WeightChange(String name, String operator, String change, long bytesA, long bytesB) {}

  boolean isEmpty() {
    return header.isEmpty()
        && operators.isEmpty()
        && weights.isEmpty()
        && constants.changed + constants.onlyA + constants.onlyB == 0;
  }

  static ModelDiff between(ModelFile a, ModelFile b) {
    ModelWalk walkA = ModelWalk.over(a.model());
    ModelWalk walkB = ModelWalk.over(b.model());
    Inspection ia = Inspection.of(a);
    Inspection ib = Inspection.of(b);
    return new ModelDiff(
        ia.path(),
        ib.path(),
        ia.bytes(),
        ib.bytes(),
        header(ia, ib),
        operators(walkA.operators(), walkB.operators()),
        constants(byName(walkA), byName(walkB)),
        weights(a.model(), b.model()));
  }

  private static List<Change> header(Inspection a, Inspection b) {
    List<Change> changes = new ArrayList<>();
    compare(changes, "IR version", a.irVersion(), b.irVersion());
    TreeSet<String> domains = new TreeSet<>(a.opsets().keySet());
    domains.addAll(b.opsets().keySet());
    domains.forEach(
        d ->
            compare(
                changes,
                "operator set " + d,
                a.opsets().containsKey(d) ? a.opsets().get(d) : "none",
                b.opsets().containsKey(d) ? b.opsets().get(d) : "none"));
    compare(changes, "inputs", ports(a.inputs()), ports(b.inputs()));
    compare(changes, "outputs", ports(a.outputs()), ports(b.outputs()));
    compare(changes, "needs ONNX Runtime", a.minOrtVersion(), b.minOrtVersion());
    return changes;
  }

  private static void compare(List<Change> changes, String what, Object a, Object b) {
    if (!a.equals(b)) {
      changes.add(new Change(what, String.valueOf(a), String.valueOf(b)));
    }
  }

  private static String ports(List<Inspection.Port> ports) {
    return String.join(", ", ports.stream().map(p -> p.name() + " " + p.type()).toList());
  }

  private static List<OperatorChange> operators(Map<String, Integer> a, Map<String, Integer> b) {
    TreeMap<String, OperatorChange> changes = new TreeMap<>();
    a.forEach((op, n) -> changes.put(op, new OperatorChange(op, n, b.getOrDefault(op, 0))));
    b.forEach((op, n) -> changes.putIfAbsent(op, new OperatorChange(op, 0, n)));
    return changes.values().stream().filter(c -> c.a() != c.b()).toList();
  }

  private static Constants constants(Map<String, Tensor> a, Map<String, Tensor> b) {
    int same = 0;
    int changed = 0;
    for (Map.Entry<String, Tensor> entry : a.entrySet()) {
      Tensor other = b.get(entry.getKey());
      if (other != null && isSame(entry.getValue(), other)) {
        same++;
      } else if (other != null) {
        changed++;
      }
    }
    return new Constants(same, changed, a.size() - same - changed, b.size() - same - changed);
  }

  private static List<WeightChange> weights(Model a, Model b) {
    Map<String, Site> sitesB = new LinkedHashMap<>();
    SiteFinder.scan(b).sites().forEach(s -> sitesB.put(s.name(), s));
    Map<String, String> skippedB = new LinkedHashMap<>();
    for (Skipped s : SiteFinder.scan(b).skipped()) {
      skippedB.put(s.name(), s.reason());
    }
    List<WeightChange> changes = new ArrayList<>();
    for (Site site : SiteFinder.scan(a).sites()) {
      Site other = sitesB.get(site.name());
      String op = site.node().opType();
      long bytes = site.weight().byteCount();
      if (other == null) {
        String what = skippedB.getOrDefault(site.name(), "stored in another form");
        changes.add(new WeightChange(site.name(), op, what, bytes, -1));
      } else if (!isSame(site.weight(), other.weight())) {
        String what = describe(site.weight(), other.weight());
        changes.add(new WeightChange(site.name(), op, what, bytes, other.weight().byteCount()));
      }
    }
    return changes;
  }

  private static String describe(Tensor a, Tensor b) {
    return a.type() == b.type() && Arrays.equals(a.dims(), b.dims())
        ? "other values"
        : Inspection.spell(a.type())
            + Arrays.toString(a.dims())
            + " to "
            + Inspection.spell(b.type())
            + Arrays.toString(b.dims());
  }

  private static Map<String, Tensor> byName(ModelWalk walk) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    walk.tensors().forEach(t -> named.putIfAbsent(t.name(), t));
    named.remove("");
    return named;
  }

  private static boolean isSame(Tensor a, Tensor b) {
    return a.type() == b.type()
        && Arrays.equals(a.dims(), b.dims())
        && ContentHash.of(a.data()).equals(ContentHash.of(b.data()));
  }
}
