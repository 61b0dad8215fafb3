package io.compressor.ir;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model: one graph, the operator sets it speaks, and what the file says about itself.
 *
 * @param opsets version by domain; the standard domain is spelled ""
 * @param metadata metadata_props, in file order
 * @param extra ModelProto fields that are not modelled (producer, doc_string, training_info …),
 *     verbatim
 */
public record Model(
    long irVersion,
    Map<String, Long> opsets,
    Graph graph,
    List<Function> functions,
    Map<String, String> metadata,
    Bytes extra) {
  public Model {
    opsets = Collections.unmodifiableMap(new LinkedHashMap<>(opsets));
    functions = List.copyOf(functions);
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** A fresh model around a graph, standard domain only. */
  public static Model of(long irVersion, long opset, Graph graph) {
    return new Model(irVersion, Map.of("", opset), graph, List.of(), Map.of(), Bytes.empty());
  }

  /** Version of the standard operator set. */
  public long opset() {
    return opsets.getOrDefault("", 1L);
  }

  public Model withGraph(Graph newGraph) {
    return new Model(irVersion, opsets, newGraph, functions, metadata, extra);
  }

  /** The same model speaking {@code domain} at {@code version} or above. */
  public Model withOpset(String domain, long version) {
    Map<String, Long> more = new LinkedHashMap<>(opsets);
    more.merge(domain, version, Math::max);
    return new Model(irVersion, more, graph, functions, metadata, extra);
  }

  public Model withIrVersion(long version) {
    return new Model(version, opsets, graph, functions, metadata, extra);
  }

  public Model withMetadata(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(metadata);
    more.put(key, value);
    return new Model(irVersion, opsets, graph, functions, more, extra);
  }
}
