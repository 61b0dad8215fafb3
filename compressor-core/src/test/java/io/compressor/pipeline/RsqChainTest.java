package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.formats.data.DataSource;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole chain at 3 bits on a decoder of Llama's form, judged on texts it has not seen. */
@Tag("slow") // solves a dozen layers several times
class RsqChainTest {
  @TempDir Path folder;
  private Path input;

  @BeforeEach
  void write() {
    input = Cases.save(Llama.model(), folder.resolve("in.onnx"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  void gptqStageByStageIsNoWorseThanRounding(String rotate) {
    double rounded = error("method: rtn, importance: none, rotate: " + rotate);
    double solved = error("importance: none, rotate: " + rotate);
    assertTrue(solved <= rounded, solved + " against " + rounded);
  }

  @Test
  void rsqIsNoWorseThanRounding() {
    double rounded = error("method: rtn, importance: none, rotate: false");
    double rsq = error("importance: attention");
    assertTrue(rsq <= rounded, rsq + " against " + rounded);
  }

  /** ‖y − ŷ‖² / ‖y‖² of the answers to unseen ids. */
  private double error(String with) {
    String step =
        "steps:\n  - pass: rsq\n    with: { bits: 3, group: 64, activations: none, %s }\n"
            .formatted(with);
    Path data = Cases.save("ids", Llama.ids("seen", 64), folder.resolve("seen.npz"));
    CompressionResult result =
        Compressor.compress(
            CompressionRequest.of(input, folder.resolve("out.onnx"))
                .recipe(Cases.recipe(step + "encoding: { prefer: size }\n"))
                .calibration(DataSource.of(data))
                .force(true));
    assertEquals(16, result.report().sites().size(), result.report().skipped().toString());
    float[] y = Cases.run(input, "ids", Llama.ids("unseen", 16));
    float[] found = Cases.run(result.model(), "ids", Llama.ids("unseen", 16));
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < y.length; i++) {
      difference += (double) (y[i] - found[i]) * (y[i] - found[i]);
      norm += (double) y[i] * y[i];
    }
    return difference / norm;
  }
}
