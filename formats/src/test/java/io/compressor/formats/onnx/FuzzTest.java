package io.compressor.formats.onnx;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Damaged models: read or refused, never anything else. */
class FuzzTest {
  private static final int TRIES = 4_000;

  /** Far above what a run takes; a hang is what it catches. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void randomDamageIsReadOrRefused() {
    int[] outcomes = new int[2];
    assertTimeoutPreemptively(LIMIT, () -> fuzz(outcomes));
    assertTrue(outcomes[0] > TRIES / 100, "some damage is harmless: " + outcomes[0]);
    assertTrue(outcomes[1] > TRIES / 4, "much damage is noticed: " + outcomes[1]);
  }

  private static void fuzz(int[] outcomes) {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < TRIES; i++) {
      byte[] model = damaged(new RandomModels(i % 40).model().toByteArray(), random);
      Optional<Model> read = read(model);
      read.ifPresent(FuzzTest::use);
      outcomes[read.isPresent() ? 0 : 1]++;
    }
  }

  private static Optional<Model> read(byte[] bytes) {
    try {
      return Optional.of(OnnxReader.read(bytes));
    } catch (CompressorException e) {
      return Optional.empty();
    }
  }

  /** All that is promised lazily must hold too. */
  private static void use(Model model) {
    for (Tensor tensor : model.graph().initializers().values()) {
      tensor.data().toArray();
      if (tensor.type() == ElementType.STRING) {
        tensor.toStrings();
      }
    }
    ModelVerifier.verify(model);
    OnnxReader.read(OnnxWriter.toBytes(model));
  }

  private static byte[] damaged(byte[] model, SplittableRandom random) {
    byte[] bytes = model.clone();
    switch (random.nextInt(4)) {
      case 0 -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      case 1 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      case 2 -> {
        for (int i = 0; i < 8; i++) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
      }
      default -> {
        int from = random.nextInt(bytes.length);
        int length = random.nextInt(bytes.length - from);
        System.arraycopy(model, from, bytes, random.nextInt(bytes.length - length), length);
      }
    }
    return bytes;
  }
}
