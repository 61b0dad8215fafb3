package io.compressor.cli;

import io.compressor.formats.onnx.ModelFile;
import io.compressor.graph.MinimumOrt;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.SiteScan;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a model file says about itself, without reading a weight.
 *
 * @param bytes of the file and its external data
 * @param external files beside the model that hold weights
 * @param operators count by operator type, subgraphs included, most frequent first
 * @param weightBytes of all constants
 * @param parameters elements of all constants
 * @param bitsPerWeight mean over the elements as stored: a packed byte counts as one element
 * @param groups channels that must change together; empty unless asked for
 * @param provenance metadata that this toolkit left
 */
record Inspection(
    String path,
    long bytes,
    List<String> external,
    long irVersion,
    Map<String, Long> opsets,
    String minOrtVersion,
    List<Port> inputs,
    List<Port> outputs,
    Map<String, Integer> operators,
    List<TypeBytes> weights,
    long weightBytes,
    long parameters,
    double bitsPerWeight,
    List<SiteRow> sites,
    List<SkippedRow> skipped,
    List<GroupRow> groups,
    Map<String, String> provenance) {

  /** A graph input or output. */
  record Port(String name, String type) {}

  /** The constants of one element type. */
  record TypeBytes(String type, int tensors, long elements, long bytes) {}

  /** A weight that can be compressed. */
  record SiteRow(String name, String op, List<Long> shape, String type, long bytes, int uses) {}

  /** A weight that cannot, and why. */
  record SkippedRow(String name, String reason) {}

  static Inspection of(ModelFile file) {
    return of(file, false);
  }

  /** As above, and with the channel groups when {@code grouped}. */
  static Inspection of(ModelFile file, boolean grouped) {
    Model model = file.model();
    ModelWalk walk = ModelWalk.over(model);
    SiteScan scan = SiteFinder.scan(model);
    List<TypeBytes> weights = byType(walk.tensors());
    long weightBytes = weights.stream().mapToLong(TypeBytes::bytes).sum();
    long parameters = weights.stream().mapToLong(TypeBytes::elements).sum();
    Map<String, String> provenance = new TreeMap<>(model.metadata());
    provenance.keySet().removeIf(k -> !k.startsWith("compressor."));
    return new Inspection(
        file.path().toString(),
        file.bytes(),
        file.external().stream().map(p -> p.getFileName().toString()).toList(),
        model.irVersion(),
        named(model.opsets()),
        MinimumOrt.of(model),
        ports(model.graph().requiredInputs()),
        ports(model.graph().outputs()),
        walk.operators(),
        weights,
        weightBytes,
        parameters,
        parameters == 0 ? 0 : 8.0 * weightBytes / parameters,
        scan.sites().stream()
            .map(
                s ->
                    new SiteRow(
                        s.name(),
                        s.node().opType(),
                        Arrays.stream(s.weight().dims()).boxed().toList(),
                        spell(s.weight().type()),
                        s.weight().byteCount(),
                        s.uses().size()))
            .toList(),
        scan.skipped().stream().map(s -> new SkippedRow(s.name(), s.reason())).toList(),
        grouped ? GroupRow.of(model) : List.of(),
        provenance);
  }

  private static List<TypeBytes> byType(List<Tensor> tensors) {
    Map<ElementType, TypeBytes> byType = new TreeMap<>();
    for (Tensor t : tensors) {
      byType.merge(
          t.type(),
          new TypeBytes(spell(t.type()), 1, t.elements(), t.byteCount()),
          (a, b) ->
              new TypeBytes(
                  a.type, a.tensors + b.tensors, a.elements + b.elements, a.bytes + b.bytes));
    }
    List<TypeBytes> rows = new ArrayList<>(byType.values());
    rows.sort((a, b) -> Long.compare(b.bytes, a.bytes));
    return rows;
  }

  private static Map<String, Long> named(Map<String, Long> opsets) {
    Map<String, Long> named = new LinkedHashMap<>();
    opsets.forEach((domain, version) -> named.put(domain.isEmpty() ? "ai.onnx" : domain, version));
    return named;
  }

  private static List<Port> ports(List<Value> values) {
    return values.stream()
        .map(v -> new Port(v.name(), v.type().map(Inspection::spell).orElse("not a tensor")))
        .toList();
  }

  private static String spell(TensorType type) {
    String dims =
        type.dims()
            .map(d -> d.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]")))
            .orElse("[...]");
    return spell(type.elementType()) + dims;
  }

  static String spell(ElementType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
