package io.compressor.formats.onnx;

import io.compressor.ir.Attribute;
import io.compressor.ir.AttributeValue;
import io.compressor.ir.Bytes;
import io.compressor.ir.Graph;
import io.compressor.ir.MappedFile;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds the files that parts of a model are still read from. */
final class SourceFiles {
  private final Set<MappedFile> files = Collections.newSetFromMap(new IdentityHashMap<>());

  private SourceFiles() {}

  static Set<Path> of(Model model) {
    SourceFiles found = new SourceFiles();
    found.bytes(model.extra());
    found.graph(model.graph());
    model
        .functions()
        .forEach(
            f -> {
              found.bytes(f.extra());
              found.nodes(f.nodes());
            });
    Set<Path> paths = new TreeSet<>();
    found.files.forEach(f -> paths.add(f.path()));
    return paths;
  }

  private void graph(Graph graph) {
    bytes(graph.extra());
    graph.initializers().values().forEach(this::tensor);
    graph.sparseInitializers().forEach(s -> bytes(s.message()));
    graph.inputs().forEach(v -> bytes(v.message()));
    graph.outputs().forEach(v -> bytes(v.message()));
    nodes(graph.nodes());
  }

  private void nodes(List<Node> nodes) {
    for (Node node : nodes) {
      bytes(node.extra());
      node.attributes().values().forEach(this::attribute);
    }
  }

  private void attribute(Attribute attribute) {
    bytes(attribute.extra());
    AttributeValue value = attribute.value();
    if (value instanceof AttributeValue.OfTensor t) {
      tensor(t.value());
    } else if (value instanceof AttributeValue.OfTensors ts) {
      ts.values().forEach(this::tensor);
    } else if (value instanceof AttributeValue.OfGraph g) {
      graph(g.value());
    } else if (value instanceof AttributeValue.OfGraphs gs) {
      gs.values().forEach(this::graph);
    } else if (value instanceof AttributeValue.Raw raw) {
      bytes(raw.fields());
    }
  }

  private void tensor(Tensor tensor) {
    bytes(tensor.data());
    bytes(tensor.extra());
    bytes(tensor.message());
  }

  private void bytes(Bytes bytes) {
    if (bytes instanceof Bytes.Region region) {
      files.add(region.file());
    } else if (bytes instanceof Bytes.Concat concat) {
      concat.parts().forEach(this::bytes);
    }
  }
}
