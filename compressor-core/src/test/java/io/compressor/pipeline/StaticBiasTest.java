package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.formats.data.DataSource;
import io.compressor.graph.GraphEditor;
import io.compressor.graph.Graphs;
import io.compressor.ir.Model;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Learnt levels come with scales of both signs; int32 biases take theirs from them. */
class StaticBiasTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 8})
  void biasesSurviveScalesBelowZero(int bits) {
    GraphEditor editor = new GraphEditor(Cases.images());
    editor.setInitializer("c1b", Graphs.random("c1b", 2, 16));
    editor.setInitializer("c2b", Graphs.random("c2b", 2, 24));
    Model model = editor.build();
    Path input = Cases.save(model, folder.resolve("cnn.onnx"));
    Path data = Cases.save("x", Cases.pictures("seen", 64), folder.resolve("seen.npz"));
    Path made =
        Compressor.compress(
                CompressionRequest.of(input, folder.resolve("out.onnx"))
                    .recipe(
                        Cases.recipe(
                            "steps:\n  - pass: quantize\n    match: { op: [Conv] }\n    with: { bits: "
                                + bits
                                + ", group: 36, method: gptq }\n"))
                    .threads(1)
                    .calibration(DataSource.of(data)))
            .model();
    double cosine =
        Cases.cosine(
            Cases.run(input, "x", Cases.pictures("unseen", 16)),
            Cases.run(made, "x", Cases.pictures("unseen", 16)));
    assertTrue(1 - cosine < 0.2 * Math.pow(4, 1 - bits) + 1e-3, bits + " bits: " + cosine);
  }
}
