package io.compressor.formats.data;

import io.compressor.formats.data.Column.Stacking;
import io.compressor.ir.ElementType;
import io.compressor.ir.Value;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Folders of 16 kHz mono wav files, or of class folders of them. A file is a sample; with windows
 * it gives as many samples as whole windows fit.
 */
final class AudioFolder {
  private static final int RATE = 16_000;

  private AudioFolder() {}

  /** A stretch of a file. */
  private record Clip(WavFile file, int from, int frames) {}

  /** Clips as float samples in -1 to 1, silence behind the end. */
  private record ClipColumn(
      List<Clip> clips, ElementType type, int fixed, Rank rank, Stacking stacking)
      implements Column {
    @Override
    public long[] dims(int row) {
      long frames = fixed > 0 ? fixed : clips.get(row).frames();
      return rank == Rank.FRAMES ? new long[] {frames} : new long[] {1, frames};
    }

    @Override
    public void write(int row, ByteBuffer out) {
      Clip clip = clips.get(row);
      double[] frames = clip.file().read(clip.from(), clip.frames());
      double[] all = fixed > 0 ? Arrays.copyOf(frames, fixed) : frames;
      NumberCast.encode(all, all.length, out, type);
    }
  }

  /** Whether a channel axis of 1 stands before the frames. */
  private enum Rank {
    FRAMES,
    CHANNEL_FRAMES
  }

  static SampleSet read(DataSource source, List<Value> inputs) {
    Value input = input(source, inputs);
    int rank = Shapes.rank(input).orElse(2);
    OptionalLong fixed = Shapes.fixed(input, rank - 1);
    LabelledFiles listed = LabelledFiles.list(source, List.of(".wav"));
    TextOptions options = source.text();
    OptionalInt length = options.length();
    if (length.isEmpty() && fixed.isPresent()) {
      length = OptionalInt.of(Math.toIntExact(fixed.getAsLong()));
    }
    List<Clip> clips = new ArrayList<>();
    List<Long> labels = new ArrayList<>();
    int truncated = 0;
    for (int i = 0; i < listed.files().size(); i++) {
      List<Clip> own = clips(open(listed.files().get(i)), length, options, source);
      truncated += own.size() == 1 && own.get(0).frames() < own.get(0).file().frames() ? 1 : 0;
      clips.addAll(own);
      if (listed.labels().isPresent()) {
        long label = listed.labels().get()[i];
        own.forEach(clip -> labels.add(label));
      }
    }
    List<String> notes = new ArrayList<>(listed.notes());
    if (truncated > 0) {
      notes.add(truncated + " files cut to " + length.orElse(0) + " samples of sound");
    }
    Column column = column(source, input, clips, fixed);
    SampleSet set =
        SampleSet.of(clips.size(), Map.of(input.name(), column), listed.files(), notes)
            .withLengths(clips.stream().mapToInt(Clip::frames).toArray());
    return set.withLabels(
        listed.labels().map(l -> labels.stream().mapToLong(Long::longValue).toArray()));
  }

  private static Value input(DataSource source, List<Value> inputs) {
    List<Value> floats =
        inputs.stream()
            .filter(v -> v.type().map(t -> t.elementType().isFloat()).orElse(false))
            .toList();
    return MediaInput.of(source, floats, "sound", 1, 3);
  }

  private static Column column(
      DataSource source, Value input, List<Clip> clips, OptionalLong fixed) {
    int rank = Shapes.rank(input).orElse(2);
    Rank axes = rank == 3 ? Rank.CHANNEL_FRAMES : Rank.FRAMES;
    ElementType type = Shapes.tensor(input, source.origin()).elementType();
    ClipColumn shape =
        new ClipColumn(clips, type, Math.toIntExact(fixed.orElse(0)), axes, Stacking.STACKED);
    Stacking stacking = Shapes.stacking(input, shape.dims(0), source.origin());
    return new ClipColumn(clips, type, shape.fixed(), axes, stacking);
  }

  private static WavFile open(Path path) {
    WavFile file = WavFile.open(path);
    if (file.rate() != RATE) {
      throw BadData.in(
          path.toString(),
          file.rate() + " Hz, expected " + RATE,
          "resample it: ffmpeg -i IN -ar 16000 -ac 1 OUT");
    }
    return file;
  }

  private static List<Clip> clips(
      WavFile file, OptionalInt length, TextOptions options, DataSource source) {
    boolean windows = options.windows().orElse(options.stride().isPresent());
    if (windows && length.isEmpty()) {
      throw BadData.in(source.origin() + ":length", "windows without a length", "give 'length'");
    }
    int frames = Math.min(file.frames(), length.orElse(file.frames()));
    if (!windows || file.frames() <= frames) {
      return List.of(new Clip(file, 0, frames));
    }
    TokenStore.Rows rows =
        TokenStore.Rows.windows(file.frames(), frames, options.stride().orElse(frames));
    List<Clip> out = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      out.add(new Clip(file, (int) rows.starts()[i], frames));
    }
    return out;
  }
}
