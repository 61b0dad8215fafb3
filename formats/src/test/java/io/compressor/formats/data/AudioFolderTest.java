package io.compressor.formats.data;

import static io.compressor.formats.data.ModelInputs.floats;
import static io.compressor.formats.data.ModelInputs.longs;
import static io.compressor.formats.data.ModelInputs.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.compressor.error.CompressorException;
import io.compressor.ir.Value;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioFormat.Encoding;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files are written by the JDK's own writer. */
class AudioFolderTest {
  private static final float[] HALVES = {0, .5f, -.5f, -1, .25f};

  @TempDir Path folder;

  private void wav(String name, Encoding encoding, int bits, int channels, int rate, byte[] raw)
      throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    int frame = bits / 8 * channels;
    AudioFormat format = new AudioFormat(encoding, rate, bits, channels, frame, rate, false);
    AudioSystem.write(
        new AudioInputStream(new ByteArrayInputStream(raw), format, raw.length / frame),
        AudioFileFormat.Type.WAVE,
        file.toFile());
  }

  private static byte[] pcm(int bits, float... values) {
    ByteBuffer out = ByteBuffer.allocate(values.length * bits / 8).order(ByteOrder.LITTLE_ENDIAN);
    for (float v : values) {
      long whole = (long) (v * (1L << (bits - 1)));
      for (int b = 0; b < bits; b += 8) {
        out.put((byte) (whole >> b));
      }
    }
    return out.array();
  }

  private void pcm16(String name, float... values) throws IOException {
    wav(name, Encoding.PCM_SIGNED, 16, 1, 16_000, pcm(16, values));
  }

  private Dataset open(Map<String, Object> more, Value... inputs) {
    Map<String, Object> descriptor = new java.util.HashMap<>(more);
    descriptor.put("files", ".");
    return Datasets.open(DataSource.of(descriptor, folder, "data.yaml"), List.of(inputs));
  }

  @Test
  void everyCodingGivesTheSameSound() throws IOException {
    for (int bits : new int[] {16, 24, 32}) {
      wav("pcm" + bits + ".wav", Encoding.PCM_SIGNED, bits, 1, 16_000, pcm(bits, HALVES));
    }
    ByteBuffer floats = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    floats.asFloatBuffer().put(HALVES);
    wav("float.wav", Encoding.PCM_FLOAT, 32, 1, 16_000, floats.array());
    Dataset data = open(Map.of(), floats("sound", "n", "t"));
    assertEquals(4, data.size());
    for (int i = 0; i < 4; i++) {
      assertArrayEquals(HALVES, data.batch(i, i + 1).inputs().get("sound").toFloats());
    }
  }

  @Test
  void shortSoundsArePaddedAndClassesLabelled() throws IOException {
    pcm16("no/a.wav", .5f);
    pcm16("yes/b.wav", .25f, -.25f);
    Dataset data = open(Map.of(), floats("sound", "n", 1, "t"));
    assertArrayEquals(
        new float[] {.5f, 0, .25f, -.25f}, data.batch(0, 2).inputs().get("sound").toFloats());
    assertArrayEquals(new long[] {2, 1, 2}, data.batch(0, 2).inputs().get("sound").dims());
    assertArrayEquals(new long[] {0, 1}, data.labels().orElseThrow());
    assertEquals(1, data.length(0));
  }

  @Test
  void aStatefulModelGetsItsConstants() throws IOException {
    pcm16("a.wav", HALVES);
    Dataset data =
        open(
            Map.of(
                "windows", true,
                "columns", Map.of("input", "file"),
                "fill", Map.of("state", 0, "sr", 16_000)),
            floats("input", 1, 2),
            floats("state", 2, 1, 128),
            longs("sr"));
    assertEquals(2, data.size(), "two whole windows of 2 in 5");
    assertEquals(OptionalInt.of(1), data.fixedBatch());
    Batch batch = data.batch(1, 2);
    assertArrayEquals(new float[] {-.5f, -1}, batch.inputs().get("input").toFloats());
    assertArrayEquals(new long[] {16_000}, batch.inputs().get("sr").toLongs());
    assertEquals(256, batch.inputs().get("state").elements());
  }

  @Test
  void otherRatesAndChannelsAreRefusedWithTheCommand() throws IOException {
    wav("a.wav", Encoding.PCM_SIGNED, 16, 1, 44_100, pcm(16, HALVES));
    refused(() -> open(Map.of(), floats("x", "n", "t")), "44100 Hz", "16000", "ffmpeg");
    wav("a.wav", Encoding.PCM_SIGNED, 16, 2, 16_000, pcm(16, .5f, .5f));
    refused(() -> open(Map.of(), floats("x", "n", "t")), "2 channels", "ffmpeg");
    wav("a.wav", Encoding.PCM_UNSIGNED, 8, 1, 16_000, new byte[] {1, 2});
    refused(() -> open(Map.of(), floats("x", "n", "t")), "8 bits");
  }

  @Test
  void brokenFilesNeverEscapeAsAnotherException() throws IOException {
    pcm16("a.wav", HALVES);
    byte[] whole = Files.readAllBytes(folder.resolve("a.wav"));
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 500; i++) {
      byte[] broken = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
      broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
      Path file = Files.write(folder.resolve("b.wav"), broken);
      assertDoesNotThrow(
          () -> {
            try {
              WavFile wav = WavFile.open(file);
              wav.read(0, wav.frames());
            } catch (CompressorException expected) {
              assertEquals(file.toString(), expected.where());
            }
          });
    }
  }
}
