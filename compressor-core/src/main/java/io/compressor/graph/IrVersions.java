package io.compressor.graph;

import io.compressor.ir.Model;
import io.compressor.ir.Value;
import java.util.List;

/** Which IR version a standard operator set came with, and how to get there. */
public final class IrVersions {
  private IrVersions() {}

  /** The lowest IR version of a file that may import this version of the standard domain. */
  public static long forOpset(long opset) {
    if (opset >= 25) {
      return 13;
    }
    if (opset >= 24) {
      return 12;
    }
    if (opset >= 23) {
      return 11;
    }
    if (opset >= 21) {
      return 10;
    }
    if (opset >= 19) {
      return 9;
    }
    if (opset >= 15) {
      return 8;
    }
    if (opset >= 12) {
      return 7;
    }
    if (opset >= 11) {
      return 6;
    }
    return opset >= 10 ? 5 : opset >= 9 ? 4 : 3;
  }

  /**
   * The model at {@code version} or above. Below version 4 every initializer is also a graph input;
   * from 4 on such an input would turn the constant into a default that callers may override, so
   * those inputs go.
   */
  public static Model raise(Model model, long version) {
    if (model.irVersion() >= version) {
      return model;
    }
    Model raised = model.withIrVersion(version);
    if (model.irVersion() >= 4 || version < 4) {
      return raised;
    }
    List<Value> inputs =
        model.graph().inputs().stream()
            .filter(v -> !model.graph().initializers().containsKey(v.name()))
            .toList();
    return raised.withGraph(model.graph().withInputs(inputs));
  }
}
