package io.compressor.encoding;

import io.compressor.graph.GraphEditor;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Float16;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Biases and norm parameters in 16 bits in the file, restored at load: their names stay, each now
 * the output of a Cast that ONNX Runtime folds away.
 */
public final class Float16Vectors {
  private static final int SMALLEST = 128;
  private static final float LARGEST = 65504;

  private Float16Vectors() {}

  /** All float constants of at most so many elements, but small ones and outputs. */
  public static Model store(Model model, int most) {
    Set<String> fixed = new HashSet<>();
    model.graph().outputs().forEach(v -> fixed.add(v.name()));
    model.graph().inputs().forEach(v -> fixed.add(v.name()));
    GraphEditor editor = new GraphEditor(model);
    List<Node> casts = new ArrayList<>();
    for (Tensor t : model.graph().initializers().values()) {
      if (t.type() == ElementType.FLOAT
          && t.elements() >= SMALLEST
          && t.elements() <= most
          && !fixed.contains(t.name())
          && fits(t)) {
        String half = editor.addInitializer(half(t));
        String restored = editor.freshName(t.name() + "/f");
        casts.add(
            Node.of(
                "Cast",
                List.of(half),
                List.of(restored),
                Attribute.of("to", ElementType.FLOAT.onnxId())));
        editor.replaceUses(t.name(), restored);
      }
    }
    editor.prepend(casts);
    return editor.build();
  }

  private static boolean fits(Tensor tensor) {
    for (float v : tensor.toFloats()) {
      if (!(Math.abs(v) <= LARGEST)) {
        return false;
      }
    }
    return true;
  }

  private static Tensor half(Tensor tensor) {
    float[] values = tensor.toFloats();
    ByteBuffer raw = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float v : values) {
      raw.putShort(Float16.fromFloat(v));
    }
    return Tensor.ofBytes(tensor.name() + "/h", ElementType.FLOAT16, tensor.dims(), raw.array());
  }
}
