package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.DataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What learns towards the original goes on from its last look, to the same bytes. */
class LearningResumeTest {
  private static final int STEPS = 12;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pass: jlcm, with: { bits: 2, steps: 12, learn: model }",
        "pass: jlcm, with: { bits: 2, steps: 12, learn: model, gradient: softmax }",
        "pass: jlcm, with: { vector: 4, steps: 12, learn: model }",
        "pass: maestro, with: { size: 50%, steps: 12, ordered: 1 }",
        "pass: maestro, with: { size: 50%, steps: 12, ordered: 1, lambda: 0.01, sampling: all }",
        "pass: maestro, with: { size: 50%, steps: 12, ordered: 0 }",
        "pass: prune, with: { sparsity: 70%, distill-steps: 12 }"
      })
  void killedBetweenLooks(String step) throws IOException {
    resumes("steps: [{ " + step + " }]\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gradient", "zeroth-order"})
  void tuning(String method) throws IOException {
    resumes(
        ("steps:\n  - { pass: quantize, with: { bits: 4, group: 32 } }\n"
                + "  - { pass: tune, with: { method: %s, steps: 12 } }\n")
            .formatted(method));
  }

  private void resumes(String recipe) throws IOException {
    Listening whole = new Listening(Integer.MAX_VALUE);
    byte[] expected = Files.readAllBytes(compress(recipe, "undisturbed", whole));
    assertEquals(STEPS, whole.taken);
    for (int stop : new int[] {1, 5, 6}) {
      CompressorException e =
          assertThrows(
              CompressorException.class, () -> compress(recipe, "killed", new Listening(stop)));
      assertEquals(ErrorCode.CANCELLED, e.code());
    }
    Listening last = new Listening(Integer.MAX_VALUE);
    assertArrayEquals(expected, Files.readAllBytes(compress(recipe, "killed", last)));
    assertEquals(10, last.found, "0, 4 and 6 steps until the last looks of the runs before");
    assertEquals(STEPS - 10, last.taken);
  }

  @Test
  void aFinishedRunLearnsNothingAgain() throws IOException {
    String recipe = "steps: [{ pass: jlcm, with: { bits: 2, steps: 12, learn: model } }]\n";
    byte[] expected = Files.readAllBytes(compress(recipe, "one", new Listening(Integer.MAX_VALUE)));
    Listening again = new Listening(Integer.MAX_VALUE);
    assertArrayEquals(expected, Files.readAllBytes(compress(recipe, "one", again)));
    assertEquals(0, again.taken);
  }

  private Path compress(String recipe, String workspace, Listening progress) {
    Path input = Cases.save(Cases.perceptron(), folder.resolve("in.onnx"));
    Path data = Cases.save("x", Cases.tokens("seen", 64), folder.resolve("seen.npz"));
    return Compressor.compress(
            CompressionRequest.of(input, folder.resolve("out.onnx"))
                .recipe(Cases.recipe(recipe))
                .calibration(DataSource.of(data))
                .workspace(folder.resolve(workspace))
                .force(true)
                .observer(progress))
        .model();
  }

  /** Counts steps of learning, and stops before the one after so many. */
  private static final class Listening implements Progress {
    private final int stop;
    private boolean learning;
    private int found;
    private int taken;

    Listening(int stop) {
      this.stop = stop;
    }

    @Override
    public void begin(String stage, long steps) {
      learning = stage.equals("learn") && steps > 0;
      found = learning ? -1 : found;
    }

    @Override
    public void advance(long steps) {
      if (learning && found < 0) {
        found = (int) steps;
      } else if (learning) {
        taken += (int) steps;
      }
    }

    @Override
    public boolean isCancelled() {
      return learning && taken >= stop;
    }
  }
}
