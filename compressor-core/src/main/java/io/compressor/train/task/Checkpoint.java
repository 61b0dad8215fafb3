package io.compressor.train.task;

import io.compressor.ir.Tensor;
import io.compressor.train.CheckpointFile;
import io.compressor.train.StateStream;
import io.compressor.train.TrainerState;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A {@link Standing} as a file. */
final class Checkpoint {
  private final CheckpointFile file;

  /**
   * @param run everything that determines the run; a file of another run is refused
   */
  Checkpoint(Path file, String run) {
    this.file = new CheckpointFile(file, run);
  }

  void write(Standing standing) {
    file.write(out -> put(out, standing));
  }

  /** Empty when there is no file yet. */
  Optional<Standing> read() {
    return file.read(Checkpoint::standing);
  }

  private static void put(DataOutputStream out, Standing s) throws IOException {
    out.writeInt(s.step());
    StateStream.state(out, s.trainer());
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
      StateStream.text(out, value.name());
      out.writeInt(value.rank());
      for (long d : value.dims()) {
        out.writeLong(d);
      }
      StateStream.floats(out, value.toFloats());
    }
  }

  private static Standing standing(DataInputStream in) throws IOException {
    int step = in.readInt();
    TrainerState trainer = StateStream.state(in);
    List<CurvePoint> curve = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      curve.add(new CurvePoint(in.readInt(), in.readDouble(), in.readDouble(), in.readDouble()));
    }
    int best = in.readInt();
    Map<String, Tensor> values = new LinkedHashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      String name = StateStream.text(in);
      long[] dims = new long[in.readInt()];
      for (int i = 0; i < dims.length; i++) {
        dims[i] = in.readLong();
      }
      values.put(name, Tensor.ofFloats(name, dims, StateStream.floats(in)));
    }
    return new Standing(step, trainer, curve, best, values);
  }
}
