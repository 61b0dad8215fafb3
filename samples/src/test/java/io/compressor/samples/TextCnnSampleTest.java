package io.compressor.samples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.demo.Gloss;
import io.compressor.demo.WordNetTask;
import io.compressor.engine.Progress;
import io.compressor.pipeline.CompressionResult;
import io.compressor.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextCnnSampleTest {
  private static final Path ARCHIVES = Path.of("target/demo");

  @TempDir Path dir;

  @Test
  void convolutionsRunInIntegersAndTheGateIsMet() throws IOException {
    CompressionResult result = TextCnnSample.compress(ARCHIVES, dir, 100, Progress.NONE);
    Report report = result.report();
    assertTrue(result.gate().passed(), result.gate().toString());
    Report.Quality top1 = report.quality().get(0);
    assertTrue(top1.base() > 0.4, "chance is 0.125, the network has " + top1.base());
    assertTrue(Files.size(result.model()) < 0.35 * report.model().bytes());
    List<Report.Site> convolutions =
        report.sites().stream().filter(s -> s.op().equals("Conv")).toList();
    assertEquals(2, convolutions.size());
    convolutions.forEach(s -> assertTrue(s.kernel().contains("QLinearConv"), s.toString()));
  }

  @Test
  void filtersAreOfLengthOneAndTheSameEveryTime() {
    List<Gloss> texts = WordNetTask.open(ARCHIVES).take(0, 5);
    float[][] filters = CharFilters.learn(texts, 3, 8, 1);
    for (float[] filter : filters) {
      double squares = 0;
      for (float v : filter) {
        squares += v * v;
      }
      assertEquals(1, squares, 1e-5);
    }
    assertArrayEquals(filters, CharFilters.learn(texts, 3, 8, 1));
  }

  @Test
  void textsEndInZerosAndAreCutAtTheLength() {
    long[] codes = CharCodes.of("Ab 7-,(");
    assertArrayEquals(new long[] {1, 2, 27, 28, 29, 30, 31, 0}, Arrays.copyOf(codes, 8));
    assertEquals(CharCodes.LENGTH, CharCodes.of("x".repeat(300)).length);
  }
}
