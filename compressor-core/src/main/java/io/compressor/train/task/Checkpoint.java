package io.compressor.train.task;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.file.StagedFile;
import io.compressor.ir.Tensor;
import io.compressor.train.TrainerState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A {@link Standing} as a file: "CMPRTRAI", int32 version, int32 CRC-32C of what follows, then what
 * the run is, then the standing; big-endian. It appears whole or not at all.
 */
final class Checkpoint {
  private static final byte[] MAGIC = "CMPRTRAI".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int HEAD = 16;

  private final Path file;
  private final String run;

  /**
   * @param run everything that determines the run; a file of another run is refused
   */
  Checkpoint(Path file, String run) {
    this.file = file;
    this.run = run;
  }

  void write(Standing standing) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      text(out, run);
      put(out, standing);
      byte[] body = bytes.toByteArray();
      ByteBuffer whole = ByteBuffer.allocate(HEAD + body.length);
      whole.put(MAGIC).putInt(VERSION).putInt(crc(body, 0, body.length)).put(body);
      StagedFile.write(file, whole.array());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("memory cannot fail", e);
    }
  }

  /** Empty when there is no file yet. */
  Optional<Standing> read() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    byte[] all;
    try {
      all = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO, file.toString(), "cannot be read: " + e, "check its rights", e);
    }
    ByteBuffer head = ByteBuffer.wrap(all);
    byte[] magic = new byte[MAGIC.length];
    boolean whole = all.length >= HEAD;
    if (whole) {
      head.get(magic);
      whole =
          java.util.Arrays.equals(magic, MAGIC)
              && head.getInt() == VERSION
              && head.getInt() == crc(all, HEAD, all.length - HEAD);
    }
    if (!whole) {
      throw refused("it is no checkpoint of this version, or it is damaged");
    }
    try {
      DataInputStream in =
          new DataInputStream(new ByteArrayInputStream(all, HEAD, all.length - HEAD));
      String theirs = text(in);
      if (!theirs.equals(run)) {
        throw refused(
            "it belongs to another run: found [%s], expected [%s]".formatted(theirs, run));
      }
      return Optional.of(standing(in));
    } catch (IOException e) {
      throw refused("it ends early");
    }
  }

  private CompressorException refused(String what) {
    return new CompressorException(
        ErrorCode.USAGE,
        file.toString(),
        what,
        "delete it to start over, or give another place for checkpoints");
  }

  private static int crc(byte[] bytes, int from, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, count);
    return (int) crc.getValue();
  }

  private static void put(DataOutputStream out, Standing s) throws IOException {
    out.writeInt(s.step());
    TrainerState t = s.trainer();
    out.writeInt(t.step());
    out.writeInt(t.failures());
    out.writeInt(t.inARow());
    out.writeDouble(t.damping());
    out.writeInt(t.variables().size());
    for (Map.Entry<String, TrainerState.Moving> one : t.variables().entrySet()) {
      text(out, one.getKey());
      floats(out, one.getValue().values());
      out.writeInt(one.getValue().remembered().size());
      for (float[] remembered : one.getValue().remembered()) {
        floats(out, remembered);
      }
    }
    out.writeInt(s.curve().size());
    for (CurvePoint p : s.curve()) {
      out.writeInt(p.step());
      out.writeDouble(p.loss());
      out.writeDouble(p.heldOutLoss());
      out.writeDouble(p.accuracy());
    }
    out.writeInt(s.best());
    out.writeInt(s.values().size());
    for (Tensor value : s.values().values()) {
      text(out, value.name());
      out.writeInt(value.rank());
      for (long d : value.dims()) {
        out.writeLong(d);
      }
      floats(out, value.toFloats());
    }
  }

  private static Standing standing(DataInputStream in) throws IOException {
    int step = in.readInt();
    int moved = in.readInt();
    int failures = in.readInt();
    int inARow = in.readInt();
    double damping = in.readDouble();
    Map<String, TrainerState.Moving> variables = new LinkedHashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      String name = text(in);
      float[] values = floats(in);
      List<float[]> remembered = new ArrayList<>();
      for (int more = in.readInt(); more > 0; more--) {
        remembered.add(floats(in));
      }
      variables.put(name, new TrainerState.Moving(values, remembered));
    }
    List<CurvePoint> curve = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      curve.add(new CurvePoint(in.readInt(), in.readDouble(), in.readDouble(), in.readDouble()));
    }
    int best = in.readInt();
    Map<String, Tensor> values = new LinkedHashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      String name = text(in);
      long[] dims = new long[in.readInt()];
      for (int i = 0; i < dims.length; i++) {
        dims[i] = in.readLong();
      }
      values.put(name, Tensor.ofFloats(name, dims, floats(in)));
    }
    TrainerState trainer = new TrainerState(moved, failures, inARow, damping, variables);
    return new Standing(step, trainer, curve, best, values);
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }

  private static void floats(DataOutputStream out, float[] values) throws IOException {
    out.writeInt(values.length);
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(4, values.length));
    bytes.asFloatBuffer().put(values);
    out.write(bytes.array());
  }

  private static float[] floats(DataInputStream in) throws IOException {
    float[] values = new float[in.readInt()];
    ByteBuffer bytes = ByteBuffer.wrap(in.readNBytes(Math.multiplyExact(4, values.length)));
    bytes.asFloatBuffer().get(values);
    return values;
  }
}
