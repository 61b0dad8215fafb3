package io.compressor.ir;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model-local function.
 *
 * @param extra FunctionProto fields that are not modelled (attributes, value_info …), verbatim
 */
public record Function(
    String name,
    String domain,
    List<String> inputs,
    List<String> outputs,
    List<Node> nodes,
    Map<String, Long> opsets,
    Bytes extra) {
  public Function {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    nodes = List.copyOf(nodes);
    opsets = Collections.unmodifiableMap(new LinkedHashMap<>(opsets));
  }
}
