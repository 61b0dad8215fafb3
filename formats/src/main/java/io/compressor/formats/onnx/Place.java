package io.compressor.formats.onnx;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Where in a file the reader is, for error messages: {@code model.onnx: node 'conv1': attribute
 * 'pads'}. Steps are left only on success, so after a failure the trail still points at the fault.
 */
final class Place {
  private static final class Step {
    final String kind;
    final int index;
    String name = "";

    Step(String kind, int index) {
      this.kind = kind;
      this.index = index;
    }

    @Override
    public String toString() {
      return name.isEmpty() ? kind + " #" + index : kind + " '" + name + "'";
    }
  }

  private final String file;
  private final Deque<Step> trail = new ArrayDeque<>();

  Place(String file) {
    this.file = file;
  }

  /** Goes into the {@code index}-th element of a kind. */
  void enter(String kind, int index) {
    trail.addLast(new Step(kind, index));
  }

  /** The current element turned out to have a name. */
  void name(String name) {
    Step step = trail.peekLast();
    if (step != null) {
      step.name = name;
    }
  }

  void leave() {
    trail.removeLast();
  }

  CompressorException fault(String message, String hint) {
    return new CompressorException(ErrorCode.MODEL, toString(), message, hint);
  }

  /** A fault of the wire format: there is nothing to fix but the file as a whole. */
  CompressorException broken(String message) {
    return fault(
        message, "the file is damaged or not ONNX: download or export the model once more");
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(file);
    trail.forEach(step -> out.append(": ").append(step));
    return out.toString();
  }
}
