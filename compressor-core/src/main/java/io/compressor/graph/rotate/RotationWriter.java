package io.compressor.graph.rotate;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.channel.ChannelConstant;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a plan into the graph. */
final class RotationWriter {
  private final RotationPlan plan;
  private final GraphIndex index;
  private final GraphEditor editor;
  private final Map<String, Integer> usesOfName = new HashMap<>();

  RotationWriter(RotationPlan plan) {
    this.plan = plan;
    this.index = plan.index();
    this.editor = new GraphEditor(index.model());
  }

  Model write() {
    plan.weights().forEach(w -> usesOfName.merge(w.site().name(), 1, Integer::sum));
    constants();
    plan.weights().forEach(this::weight);
    new NormWriter(index, editor).write(plan.bare());
    plan.online().forEach(o -> new OnlineWriter(editor).write(o));
    return editor.build();
  }

  private void weight(WeightChange change) {
    Site site = change.site();
    String name = site.node().inputs().get(site.weightInput());
    boolean table = site.kind() == SiteKind.GATHER;
    boolean tied = usesOfName.getOrDefault(site.name(), 1) > 1;
    int planned = tied ? usesOfName.getOrDefault(site.name(), 1) : 1;
    boolean own =
        (!tied || table)
            && editor.initializer(name).isPresent()
            && !index.isOutput(name)
            && index.consumers(name).size() == planned;
    String written = put(name, own, site.name() + (tied && !table ? "_head" : ""), change.weight());
    if (tied && !table) {
      plan.log("untied '%s': its second reader has a weight of its own now".formatted(site.name()));
    }
    editor.update(site.output(), n -> withInput(n, site.weightInput(), written));
    if (change.changesBias()) {
      bias(change);
    }
  }

  private void bias(WeightChange change) {
    Site site = change.site();
    String y = site.output();
    String fresh = site.name().replaceFirst("([._/])weight$", "$1bias");
    String base = fresh.equals(site.name()) ? fresh + ".bias" : fresh;
    Tensor values = change.bias(base);
    if (site.biasNode().isPresent()) {
      Node add = site.biasNode().get();
      int at = add.inputs().get(0).equals(y) ? 1 : 0;
      String b = put(add.inputs().get(at), isOwn(add.inputs().get(at)), base, values);
      editor.update(add.outputs().get(0), n -> withInput(n, at, b));
    } else if (site.kind() == SiteKind.GEMM) {
      String old = site.node().input(2).orElse("");
      String b = put(old, isOwn(old) && site.bias().isPresent(), base, values);
      editor.update(y, n -> withInput(n, 2, b));
    } else {
      String b = editor.addInitializer(values.withName(base));
      String product = editor.freshName(y + "_product");
      editor.update(y, n -> n.withOutputs(List.of(product)));
      editor.insertAfter(product, List.of(Node.of("Add", List.of(product, b), List.of(y))));
    }
  }

  private void constants() {
    Map<ChannelConstant, List<LineOp>> changes = new LinkedHashMap<>();
    for (RotationPlan.ConstantChange change : plan.constants()) {
      changes.computeIfAbsent(change.constant(), k -> new ArrayList<>()).addAll(change.ops());
    }
    changes.forEach(
        (constant, ops) -> {
          String value = constant.value();
          Tensor turned = along(index.constant(value).orElseThrow(), constant.axis(), ops);
          if (editor.initializer(value).isPresent()) {
            editor.setInitializer(value, turned);
          } else {
            editor.replaceUses(value, editor.addInitializer(turned.withName(value + "_rotated")));
          }
        });
  }

  /** A constant of any rank with its lines along one axis changed. */
  private static Tensor along(Tensor t, int axis, List<LineOp> ops) {
    long[] dims = t.dims();
    int at = dims.length + axis;
    int size = (int) dims[at];
    int behind = 1;
    for (int i = at + 1; i < dims.length; i++) {
      behind *= (int) dims[i];
    }
    int stride = behind;
    return DerivedTensor.of(
        t,
        dims,
        () -> {
          float[] values = t.toFloats();
          double[] line = new double[size];
          for (int block = 0; block < values.length; block += size * stride) {
            for (int j = block; j < block + stride; j++) {
              for (int i = 0; i < size; i++) {
                line[i] = values[j + i * stride];
              }
              ops.forEach(op -> op.apply(line));
              for (int i = 0; i < size; i++) {
                values[j + i * stride] = (float) line[i];
              }
            }
          }
          return values;
        });
  }

  private boolean isOwn(String name) {
    return editor.initializer(name).isPresent() && index.soleConsumer(name).isPresent();
  }

  private String put(String old, boolean own, String base, Tensor tensor) {
    if (own) {
      editor.setInitializer(old, tensor);
      return old;
    }
    return editor.addInitializer(tensor.withName(base));
  }

  static Node withInput(Node node, int at, String name) {
    List<String> inputs = new ArrayList<>(node.inputs());
    while (inputs.size() <= at) {
      inputs.add("");
    }
    inputs.set(at, name);
    return node.withInputs(inputs);
  }
}
