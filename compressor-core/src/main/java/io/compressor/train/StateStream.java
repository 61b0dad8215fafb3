package io.compressor.train;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Learners' states as bytes. */
public final class StateStream {
  private StateStream() {}

  public static void state(DataOutputStream out, TrainerState state) throws IOException {
    out.writeInt(state.step());
    out.writeInt(state.failures());
    out.writeInt(state.inARow());
    out.writeDouble(state.damping());
    out.writeInt(state.variables().size());
    for (Map.Entry<String, TrainerState.Moving> one : state.variables().entrySet()) {
      text(out, one.getKey());
      floats(out, one.getValue().values());
      out.writeInt(one.getValue().remembered().size());
      for (byte[] remembered : one.getValue().remembered()) {
        bytes(out, remembered);
      }
    }
  }

  public static TrainerState state(DataInputStream in) throws IOException {
    int step = in.readInt();
    int failures = in.readInt();
    int inARow = in.readInt();
    double damping = in.readDouble();
    Map<String, TrainerState.Moving> variables = new LinkedHashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      String name = text(in);
      float[] values = floats(in);
      List<byte[]> remembered = new ArrayList<>();
      for (int more = in.readInt(); more > 0; more--) {
        remembered.add(bytes(in));
      }
      variables.put(name, new TrainerState.Moving(values, remembered));
    }
    return new TrainerState(step, failures, inARow, damping, variables);
  }

  public static void text(DataOutputStream out, String text) throws IOException {
    bytes(out, text.getBytes(StandardCharsets.UTF_8));
  }

  public static String text(DataInputStream in) throws IOException {
    return new String(bytes(in), StandardCharsets.UTF_8);
  }

  public static void floats(DataOutputStream out, float[] values) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, values.length));
    bytes.asFloatBuffer().put(values);
    bytes(out, bytes.array());
  }

  public static float[] floats(DataInputStream in) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(bytes(in));
    float[] values = new float[bytes.capacity() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    return in.readNBytes(in.readInt());
  }
}
