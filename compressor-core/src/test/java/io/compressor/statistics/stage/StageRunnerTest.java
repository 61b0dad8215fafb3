package io.compressor.statistics.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.graph.Graphs;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.stage.Blocks;
import io.compressor.graph.stage.Blocks.Head;
import io.compressor.graph.stage.Blocks.Rotary;
import io.compressor.graph.stage.Stage;
import io.compressor.graph.stage.StageCutter;
import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.runtime.Taps;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.MemoryData;
import io.compressor.statistics.Moments;
import io.compressor.statistics.StatisticsCollector;
import io.compressor.statistics.StatisticsRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StageRunnerTest {
  private static final Model DECODER = Blocks.decoder(2, Rotary.SLICED, Head.OWN);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Rotary.class)
  void statisticsAreThoseOfTheWholeModel(Rotary rotary) {
    Model model = Blocks.decoder(3, rotary, Head.TIED);
    MemoryData data = tokens(5, false);
    compare(model, data);
  }

  @Test
  void paddingIsLeftOutInEveryStage() {
    compare(Blocks.encoder(2), tokens(4, true));
  }

  @Test
  void imagesInBatchesOfTwo() {
    Tensor pictures = Graphs.random("pictures", 1, 6, 3, 12, 12);
    List<Map<String, Tensor>> samples = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      float[] one = Arrays.copyOfRange(pictures.toFloats(), (i % 6) * 432, (i % 6 + 1) * 432);
      samples.add(Map.of("x", Tensor.ofFloats("x", new long[] {3, 12, 12}, one)));
    }
    MemoryData data = new MemoryData(samples, OptionalInt.of(2));
    Model model = Blocks.images();
    try (StageRunner run = start(model, data, Engine.direct())) {
      assertEquals(3, run.data().size(), "three whole batches, one picture left over");
      while (hasMore(run)) {
        run.finish();
      }
      Set<String> last = Set.of(run.sites().get(0).input());
      Moments stages = run.collect(StatisticsRequest.none().hessians(last)).momentsOf(only(last));
      Moments whole =
          collect(model, StatisticsRequest.none().hessians(last), data).momentsOf(only(last));
      assertArrayEquals(whole.products(), stages.products(), 1e-4);
      assertEquals(6, stages.rows());
    }
  }

  private void compare(Model model, MemoryData data) {
    try (StageRunner run = start(model, data, Engine.direct())) {
      int seen = 0;
      for (; run.hasStage(); run.finish()) {
        for (List<Site> group : run.groups()) {
          String input = group.get(0).input();
          if (group.get(0).kind() == SiteKind.GATHER) {
            continue;
          }
          StatisticsRequest wanted = StatisticsRequest.none().hessians(Set.of(input));
          Moments whole = collect(model, wanted, data).momentsOf(input);
          Moments stage = run.collect(wanted).momentsOf(input);
          double largest = Arrays.stream(whole.products()).map(Math::abs).max().orElseThrow();
          assertArrayEquals(whole.products(), stage.products(), 1e-5 * largest, input);
          assertEquals(whole.rows(), stage.rows());
          seen++;
        }
      }
      assertTrue(seen >= 9, "groups seen: " + seen);
    }
  }

  @Test
  void aStageCanBeginAgain() {
    MemoryData data = tokens(5, false);
    try (StageRunner plain = start(DECODER, data, Engine.direct());
        StageRunner turned = start(DECODER, data, Engine.direct())) {
      assertThrows(IllegalStateException.class, plain::rewind);
      turned.keepInputs();
      for (; plain.hasStage(); plain.finish(), turned.finish()) {
        for (List<Site> group : turned.groups()) {
          if (group.get(0).kind() != SiteKind.GATHER) {
            turned.reach(Set.of(group.get(0).input()));
          }
          group.forEach(s -> turned.replaceWeights(Map.of(s.name(), rounded(s.weightMatrix()))));
        }
        turned.rewind();
        assertEquals(names(plain.groups()), names(turned.groups()));
        StageDataset expected = plain.outputs();
        StageDataset found = turned.outputs();
        for (int i = 0; i < expected.size(); i++) {
          Map<String, Tensor> made = found.batch(i, i + 1).inputs();
          expected
              .batch(i, i + 1)
              .inputs()
              .forEach(
                  (name, t) ->
                      assertArrayEquals(
                          t.toFloats(),
                          made.getOrDefault(name, Tensor.scalar(name, 0)).toFloats(),
                          name));
        }
      }
    }
  }

  /** With every group's weights changed as a solver would, before the next group is looked at. */
  @ParameterizedTest
  @EnumSource(Rotary.class)
  void whatIsReachedOnTheWayIsWhatRunningAgainFromTheStartGives(Rotary rotary) throws IOException {
    Model model = Blocks.decoder(3, rotary, Head.TIED);
    MemoryData data = tokens(5, false);
    try (StageRunner again = start(model, data, Engine.direct());
        StageRunner once = start(model, data, Engine.direct())) {
      for (; again.hasStage(); again.finish(), once.finish()) {
        once.addColumn("ones", i -> Tensor.scalar("ones", 1));
        List<List<Site>> groups = again.groups();
        assertEquals(names(groups), names(once.groups()));
        for (List<Site> group : groups) {
          String input = group.get(0).input();
          if (group.get(0).kind() != SiteKind.GATHER) {
            once.reach(Set.of(input));
            long files = files();
            once.reach(Set.of(input));
            assertEquals(files, files(), "there is nothing left to run");
            StatisticsRequest wanted = StatisticsRequest.none().hessians(Set.of(input));
            double[] expected = again.collect(wanted).momentsOf(input).products();
            double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
            double[] found = once.collect(wanted).momentsOf(input).products();
            assertArrayEquals(expected, found, 1e-5 * largest, input);
          }
          Map<String, float[]> changed = new LinkedHashMap<>();
          group.forEach(s -> changed.put(s.name(), rounded(s.weightMatrix())));
          again.replaceWeights(changed);
          once.replaceWeights(changed);
        }
        assertTrue(once.data().inputNames().contains("ones"), "added columns stay");
      }
    }
  }

  @Test
  void whatHasRunCanNoLongerBeReplaced() {
    try (StageRunner run = start(DECODER, tokens(2, false), Engine.direct())) {
      run.finish();
      Site q = run.sites().get(0);
      run.reach(Set.of(run.groups().get(1).get(0).input()));
      CompressorException e =
          assertThrows(
              CompressorException.class,
              () -> run.replaceWeights(Map.of(q.name(), new float[(int) q.parameters()])));
      assertEquals(ErrorCode.USAGE, e.code());
    }
  }

  @Test
  void theSameBitsAtAnyNumberOfThreads() {
    MemoryData data = tokens(7, false);
    try (LocalEngine engine = new LocalEngine(3);
        StageRunner one = start(DECODER, data, Engine.direct());
        StageRunner three = start(DECODER, data, engine)) {
      for (; one.hasStage(); one.finish(), three.finish()) {
        assertEquals(one.data().sha256(), three.data().sha256());
        Set<String> last = Set.of(one.sites().get(one.sites().size() - 1).input());
        one.reach(last);
        three.reach(last);
        assertEquals(one.data().sha256(), three.data().sha256());
      }
    }
  }

  @Test
  void whatIsReplacedIsWhatTheNextStageSees() {
    MemoryData data = tokens(3, false);
    try (StageRunner run = start(DECODER, data, Engine.direct());
        StageRunner untouched = start(DECODER, data, Engine.direct())) {
      untouched.finish();
      run.finish();
      assertEquals(untouched.data().sha256(), run.data().sha256());
      Site down = run.sites().get(6);
      run.replaceWeights(Map.of(down.name(), new float[(int) down.parameters()]));
      assertArrayEquals(
          new float[(int) down.parameters()], run.sites().get(6).weightMatrix(), "and shown");
      run.finish();
      untouched.finish();
      assertNotEquals(untouched.data().sha256(), run.data().sha256());
    }
    CompressorException unknown =
        assertThrows(
            CompressorException.class,
            () -> {
              try (StageRunner run = start(DECODER, data, Engine.direct())) {
                run.replaceWeights(Map.of("model.layers.1.o.weight", new float[256]));
              }
            });
    assertEquals(ErrorCode.USAGE, unknown.code());
    assertTrue(unknown.getMessage().contains("model.embed.weight"), unknown.getMessage());
  }

  @Test
  void aSharedWeightIsReplacedInLaterStagesToo() {
    Model model = Blocks.decoder(2, Rotary.SLICED, Head.TIED);
    try (StageRunner run = start(model, tokens(2, false), Engine.direct())) {
      Site table = run.sites().get(0);
      float[] halved = table.weightMatrix();
      for (int i = 0; i < halved.length; i++) {
        halved[i] /= 2;
      }
      run.replaceWeights(Map.of(table.name(), halved));
      while (hasMore(run)) {
        run.finish();
      }
      assertArrayEquals(halved, run.sites().get(0).weightMatrix());
    }
  }

  @Test
  void aColumnWeighsTheRowsOfLaterRequests() {
    MemoryData data = tokens(4, false);
    try (StageRunner run = start(DECODER, data, Engine.direct())) {
      run.finish();
      // column sums of the attention: what each token receives
      Node received =
          Node.of(
              "ReduceMean",
              List.of("model.layers.0/attention"),
              List.of("received"),
              Attribute.of("axes", new long[] {1}),
              Attribute.of("keepdims", 0L));
      run.addColumn(
          "importance",
          m -> Taps.append(m, List.of(received), Map.of(), List.of("received")),
          "received");
      run.addColumn("ones", i -> ones(run.data().batch(i, i + 1).inputs().get("importance")));
      Site q = run.sites().get(0);
      StatisticsRequest plain = StatisticsRequest.none().hessians(Set.of(q.input()));
      Moments weighted = moments(run, plain, q, "importance");
      Moments counted = moments(run, plain, q, "ones");
      Moments bare = run.collect(plain).momentsOf(q.input());
      assertArrayEquals(bare.products(), counted.products(), 1e-4);
      assertEquals(4, weighted.weight(), 1e-4, "attention sums to one for each of n rows");
      assertNotEquals(bare.products()[0], weighted.products()[0]);
      CompressorException taken =
          assertThrows(
              CompressorException.class,
              () -> run.addColumn("importance", i -> Tensor.scalar("", 1)));
      assertEquals(ErrorCode.USAGE, taken.code());
      run.finish();
      assertFalse(run.data().inputNames().contains("importance"), "columns end with their stage");
    }
  }

  @Test
  void oneStageLiesOnDiskAndNothingInTheEnd() throws IOException {
    try (StageRunner run = start(DECODER, tokens(3, false), Engine.direct())) {
      for (; run.hasStage(); run.finish()) {
        Set<String> passed = run.data().inputNames();
        assertTrue(files() <= passed.size() + 1, files() + " files for " + passed);
      }
      assertEquals(0, files());
      assertThrows(IllegalStateException.class, run::stage);
    }
    try (var left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void cancellationAndBadDataLeaveNothing() throws IOException {
    Progress cancelled =
        new Progress() {
          @Override
          public void begin(String stage, long steps) {}

          @Override
          public void advance(long steps) {}

          @Override
          public boolean isCancelled() {
            return true;
          }
        };
    CompressorException stopped =
        assertThrows(
            CompressorException.class,
            () ->
                StageRunner.start(
                    DECODER,
                    StageCutter.cut(DECODER),
                    tokens(2, false),
                    folder,
                    Engine.direct(),
                    cancelled));
    assertEquals(ErrorCode.CANCELLED, stopped.code());
    MemoryData other = MemoryData.of(List.of(Map.of("x", Graphs.random("x", 1, 3))));
    CompressorException bad =
        assertThrows(CompressorException.class, () -> start(DECODER, other, Engine.direct()));
    assertEquals(ErrorCode.DATA, bad.code());
    assertEquals("input_ids", bad.where());
    MemoryData few = new MemoryData(tokens(2, false).samples(), OptionalInt.of(8));
    assertEquals(
        ErrorCode.DATA,
        assertThrows(CompressorException.class, () -> start(DECODER, few, Engine.direct())).code());
    try (var left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }

  private static float[] rounded(float[] w) {
    float[] q = new float[w.length];
    for (int i = 0; i < q.length; i++) {
      q[i] = Math.round(w[i] * 4) / 4f;
    }
    return q;
  }

  private static List<List<String>> names(List<List<Site>> groups) {
    return groups.stream().map(g -> g.stream().map(Site::name).toList()).toList();
  }

  private static Moments moments(StageRunner run, StatisticsRequest plain, Site site, String by) {
    return run.collect(plain.rowWeights(Map.of(site.input(), by))).momentsOf(site.input());
  }

  private static Tensor ones(Tensor like) {
    float[] values = new float[(int) like.elements()];
    Arrays.fill(values, 1);
    return Tensor.ofFloats("ones", like.dims(), values);
  }

  private StageRunner start(Model model, MemoryData data, Engine engine) {
    List<Stage> stages = StageCutter.cut(model);
    return StageRunner.start(model, stages, data, folder, engine, Progress.NONE);
  }

  private static boolean hasMore(StageRunner run) {
    return run.stage().index() + 1 < run.stages().size();
  }

  private static ActivationStatistics collect(
      Model model, StatisticsRequest request, MemoryData data) {
    return StatisticsCollector.collect(model, request, data, 1, Engine.direct(), Progress.NONE);
  }

  private static String only(Set<String> one) {
    return one.iterator().next();
  }

  private long files() throws IOException {
    try (var all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  /** Ragged samples; with padding, the last token of each is none. */
  private static MemoryData tokens(int samples, boolean padded) {
    List<Map<String, Tensor>> all = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      long[] ids = new long[4 + 3 * i % 7];
      long[] mask = new long[ids.length];
      for (int t = 0; t < ids.length; t++) {
        ids[t] = (7L * i + 3L * t * t) % Blocks.VOCABULARY;
        mask[t] = padded && t == ids.length - 1 ? 0 : 1;
      }
      Map<String, Tensor> sample = new LinkedHashMap<>();
      sample.put("input_ids", Tensor.ofLongs("input_ids", new long[] {ids.length}, ids));
      if (padded) {
        sample.put(
            "attention_mask", Tensor.ofLongs("attention_mask", new long[] {ids.length}, mask));
      }
      all.add(sample);
    }
    return MemoryData.of(all);
  }
}
