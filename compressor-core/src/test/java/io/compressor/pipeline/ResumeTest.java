package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.DataSource;
import io.compressor.ir.Model;
import io.compressor.recipe.ResolvedRecipe;
import io.compressor.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that stops anywhere goes on from there and ends in the same bytes. */
class ResumeTest {
  private static final String QUANTIZE =
      "pass: quantize, with: { bits: 4, group: 32, activations: dynamic, method: gptq, smooth: 0.5,"
          + " bias-correction: true, embeddings: 4 }";
  private static final String RSQ =
      "pass: rsq, with: { bits: 4, group: 32, importance: attention, head: 8 }";

  @TempDir Path folder;
  private Path input;
  private Path data;
  private Path undisturbed;
  private Path workspace;

  @BeforeEach
  void write() {
    input = Cases.save(RsqTest.decoder(), folder.resolve("in.onnx"));
    data = Cases.save("ids", Cases.ids("seen", 24), folder.resolve("seen.npz"));
    undisturbed = folder.resolve("undisturbed");
    workspace = folder.resolve("workspace");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        QUANTIZE,
        RSQ,
        "pass: rsq, with: { bits: 3, method: rtn, importance: none, head: 4 }",
        "pass: quantize, with: { mixed: [3, 8], activations: dynamic, method: gptq, embeddings: 8 }"
      })
  void theSameBytesAndNoSiteSolvedTwice(String step) throws IOException {
    ResolvedRecipe recipe = recipe(step);
    CompressionResult whole = Compressor.compress(request(recipe, undisturbed));
    byte[] expected = Files.readAllBytes(whole.model());
    long all = whole.report().resumed().sites();
    assertEquals(0, whole.report().resumed().reused());
    Files.delete(whole.model());
    Workspaces.like(undisturbed, workspace);

    Map<Path, String> finished = Map.of();
    for (int steps : new int[] {0, 1, 3, 1, 4}) {
      CompressorException e =
          assertThrows(
              CompressorException.class,
              () ->
                  Compressor.compress(request(recipe, workspace).observer(new CancelAfter(steps))));
      assertEquals(ErrorCode.CANCELLED, e.code());
      Map<Path, String> now = Workspaces.sites(workspace);
      assertTrue(now.size() >= finished.size() + steps, now.size() + " after " + finished.size());
      assertTrue(now.entrySet().containsAll(finished.entrySet()), "a finished site was touched");
      finished = now;
    }
    CompressionResult resumed = Compressor.compress(request(recipe, workspace));
    assertArrayEquals(expected, Files.readAllBytes(resumed.model()));
    assertEquals(new Report.Resumed(finished.size(), all), resumed.report().resumed());
    assertTrue(Workspaces.sites(workspace).entrySet().containsAll(finished.entrySet()));
    assertEquals(
        whole.report().sites(), resumed.report().sites(), "what the report says of a kept site");
  }

  /** Its sites learn together, so a stage is there as a whole or solved again as a whole. */
  @Test
  void whatLearntIsWhatIsKept() throws IOException {
    ResolvedRecipe recipe =
        recipe("pass: rsq, with: { bits: 2, group: 32, head: 8, learn-steps: 6 }");
    CompressionResult whole = Compressor.compress(request(recipe, undisturbed));
    byte[] expected = Files.readAllBytes(whole.model());
    Workspaces.like(undisturbed, workspace);
    assertThrows(
        CompressorException.class,
        () -> Compressor.compress(request(recipe, workspace).observer(new CancelAfter(10))));
    List<Path> kept = List.copyOf(Workspaces.sites(workspace).keySet());
    assertEquals(7, kept.size(), "the embedding and the first block");
    Files.delete(kept.get(3));
    CompressionResult resumed = Compressor.compress(request(recipe, workspace));
    assertArrayEquals(expected, Files.readAllBytes(resumed.model()));
    CompressionResult again = Compressor.compress(request(recipe, workspace));
    assertArrayEquals(expected, Files.readAllBytes(again.model()));
    assertEquals(whole.report().sites(), again.report().sites());
  }

  @ParameterizedTest
  @ValueSource(strings = {QUANTIZE, RSQ})
  void aFinishedRunSolvesNothingAgain(String step) throws IOException {
    ResolvedRecipe recipe = recipe(step);
    byte[] expected = Files.readAllBytes(compress(recipe, workspace).model());
    Map<Path, String> finished = Workspaces.sites(workspace);
    CompressionResult again = compress(recipe, workspace);
    assertArrayEquals(expected, Files.readAllBytes(again.model()));
    assertEquals(finished, Workspaces.sites(workspace));
    assertEquals(finished.size(), again.report().resumed().reused());
    assertEquals(finished.size(), again.report().resumed().sites());
  }

  @Test
  void damagedSitesAreSolvedAgainWithAWarning() throws IOException {
    ResolvedRecipe recipe = recipe(RSQ);
    byte[] expected = Files.readAllBytes(compress(recipe, workspace).model());
    List<Path> sites = List.copyOf(Workspaces.sites(workspace).keySet());
    for (Path victim : List.of(sites.get(1), sites.get(7))) {
      byte[] bytes = Files.readAllBytes(victim);
      bytes[bytes.length / 2] ^= 4;
      Files.write(victim, bytes);
    }
    CompressionResult repaired = compress(recipe, workspace);
    assertArrayEquals(expected, Files.readAllBytes(repaired.model()));
    assertEquals(
        2, repaired.report().warnings().stream().filter(w -> w.contains("damaged")).count());
    assertEquals(new Report.Resumed(sites.size() - 2, sites.size()), repaired.report().resumed());
  }

  @Test
  void stepsAfterAStepSeeTheSameModel() throws IOException {
    String steps =
        "steps:\n"
            + "  - { pass: quantize, match: { name: '*b0*' }, with: { bits: 4, group: 32 } }\n"
            + "  - { pass: quantize, match: { name: '*b1*' }, with: { bits: 3, group: 16 } }\n"
            + "encoding: { prefer: size }\n";
    byte[] expected = Files.readAllBytes(compress(Cases.recipe(steps), undisturbed).model());
    Workspaces.like(undisturbed, workspace);
    assertThrows(
        CompressorException.class,
        () ->
            Compressor.compress(
                request(Cases.recipe(steps), workspace).observer(new CancelAfter(8))));
    CompressionResult resumed = compress(Cases.recipe(steps), workspace);
    assertArrayEquals(expected, Files.readAllBytes(resumed.model()));
    assertTrue(resumed.report().resumed().reused() >= 8);
  }

  @Test
  void aWorkspaceOfAnotherRunIsRefusedWithTheDifference() {
    compress(recipe(QUANTIZE), workspace);
    Model other = RsqTest.decoder().withMetadata("another", "model");
    Path otherModel = Cases.save(other, folder.resolve("other.onnx"));
    Path otherData = Cases.save("ids", Cases.ids("others", 24), folder.resolve("others.npz"));
    CompressionRequest same = request(recipe(QUANTIZE), workspace);
    CompressionRequest model =
        CompressionRequest.of(otherModel, folder.resolve("out.onnx"))
            .recipe(recipe(QUANTIZE))
            .force(true)
            .calibration(DataSource.of(data))
            .workspace(workspace);
    refused("model.sha256: found ", model);
    refused("data.sha256: found ", same.calibration(DataSource.of(otherData)));
    refused(
        "recipe.steps[0].with.bits: found 4, expected 3",
        request(recipe(QUANTIZE.replace("bits: 4, group", "bits: 3, group")), workspace));
    refused("recipe.seed: found 17, expected 5", request(seeded(5), workspace));
    Compressor.compress(same.threads(1));
  }

  @Test
  void theWorkspaceIsFreeAgainAfterAFailure() {
    CompressionRequest request = request(recipe(QUANTIZE), workspace);
    assertThrows(
        CompressorException.class, () -> Compressor.compress(request.observer(new CancelAfter(1))));
    Compressor.compress(request);
  }

  @Test
  void withoutAWorkspaceThereIsNothingToResume() {
    CompressionRequest request =
        CompressionRequest.of(input, folder.resolve("out.onnx")).calibration(DataSource.of(data));
    assertNull(Compressor.compress(request).report().resumed());
  }

  private static void refused(String words, CompressionRequest request) {
    CompressorException e =
        assertThrows(CompressorException.class, () -> Compressor.compress(request));
    assertEquals(ErrorCode.USAGE, e.code());
    assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
  }

  private CompressionResult compress(ResolvedRecipe recipe, Path place) {
    return Compressor.compress(request(recipe, place));
  }

  private CompressionRequest request(ResolvedRecipe recipe, Path place) {
    return CompressionRequest.of(input, folder.resolve("out.onnx"))
        .recipe(recipe)
        .calibration(DataSource.of(data))
        .threads(2)
        .force(true)
        .workspace(place);
  }

  private static ResolvedRecipe recipe(String step) {
    return Cases.recipe("steps:\n  - { " + step + " }\nencoding: { prefer: size }\n");
  }

  private static ResolvedRecipe seeded(int seed) {
    return Cases.recipe(
        "seed: " + seed + "\nsteps:\n  - { " + QUANTIZE + " }\nencoding: { prefer: size }\n");
  }

  /** Asks to stop when so many sites were solved. */
  private static final class CancelAfter implements Progress {
    private final AtomicInteger left;
    private volatile boolean solving;

    CancelAfter(int sites) {
      left = new AtomicInteger(sites);
    }

    @Override
    public void begin(String stage, long steps) {
      solving = stage.startsWith("solve");
    }

    @Override
    public void advance(long steps) {
      if (solving) {
        left.addAndGet((int) -steps);
      }
    }

    @Override
    public boolean isCancelled() {
      return solving && left.get() <= 0;
    }
  }
}
