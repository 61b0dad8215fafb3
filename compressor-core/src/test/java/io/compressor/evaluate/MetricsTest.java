package io.compressor.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final float[][] LOGITS = {
    {3, 1, 2, 0, -1, -2}, {0, 5, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1}, {9, 8, 7, 6, 5, 4}
  };

  @Test
  void everyNameInTheCatalogueParsesToItself() {
    for (Metric metric : Metrics.all()) {
      assertEquals(metric, Metrics.parse(metric.id()));
    }
    assertEquals(15, Metrics.all().stream().map(Metric::id).distinct().count());
  }

  @Test
  void unknownNamesAreRefusedWithTheClosest() {
    CompressorException e = refused(() -> Metrics.parse("topp1"));
    assertEquals(ErrorCode.USAGE, e.code());
    assertTrue(e.hint().contains("did you mean top1?"), e.hint());
  }

  @Test
  void topOneAndFiveCountLabelsAmongTheLargest() {
    MemoryData data = MemoryData.of(LOGITS).labelled(0, 2, 0, 5);
    assertEquals(0.5, value("top1", data));
    assertEquals(0.75, value("top5", data));
    // of equal logits the lower class comes first
    assertEquals(0, value("top1", MemoryData.of(LOGITS).labelled(1, 0, 5, 1)));
  }

  @Test
  void labelsOutOfRangeNameTheSample() {
    MemoryData data = MemoryData.of(LOGITS).labelled(0, 1, 6, 0);
    CompressorException e = refused(() -> value("top1", data));
    assertEquals(ErrorCode.DATA, e.code());
    assertTrue(e.getMessage().contains("sample 2 is 6"), e.getMessage());
  }

  @Test
  void missingLabelsAreRefused() {
    CompressorException e = refused(() -> value("top1", MemoryData.of(LOGITS)));
    assertEquals(ErrorCode.DATA, e.code());
    assertTrue(e.getMessage().contains("needs labels"), e.getMessage());
    assertThrows(
        CompressorException.class,
        () -> value("spearman", MemoryData.of(LOGITS).scored(1, 2, 3, 4)));
  }

  @Test
  void binaryF1AndMatthewsFollowTheirDefinitions() {
    // predictions 1 1 1 0 0 0 1 0 against labels 1 1 0 0 0 1 1 1: tp 3, fp 1, fn 2, tn 2
    float[][] x = new float[8][];
    int[] said = {1, 1, 1, 0, 0, 0, 1, 0};
    for (int i = 0; i < 8; i++) {
      x[i] = new float[] {0, said[i] == 1 ? 1 : -1};
    }
    MemoryData data = MemoryData.of(x).labelled(1, 1, 0, 0, 0, 1, 1, 1);
    assertEquals(2.0 * 3 / (2 * 3 + 1 + 2), value("f1", data), 1e-15);
    assertEquals((3.0 * 2 - 1 * 2) / Math.sqrt(4 * 5 * 3 * 4), value("mcc", data), 1e-15);
  }

  @Test
  void macroF1IsTheMeanOverClassesThatOccur() {
    float[][] x = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 1, 0, 0}, {1, 0, 0, 0}};
    // labels 0 1 2 0: class 0 and 1: f1 = 1 and 2/3, class 2: 0, class 3 never occurs
    assertEquals((1 + 2.0 / 3 + 0) / 3, value("f1", MemoryData.of(x).labelled(0, 1, 2, 0)), 1e-15);
  }

  @Test
  void perplexityIsTheNaiveOneOverUnmaskedTokens() {
    long[][] ids = {{1, 2, 0}, {3, 1, 2, 2, 1}, {2, 2}};
    double[][] table = {{0.1, 0.5, 2, 0}, {1, 0, 0, 0.3}, {0.2, 3, 1, 1}, {0, 0, 0, 0}};
    Predictor model = Fake.perToken(4, (token, d) -> (float) table[(int) token][d]);
    double loss = 0;
    int n = 0;
    for (long[] text : ids) {
      for (int t = 0; t + 1 < text.length; t++) {
        double sum = 0;
        for (double logit : table[(int) text[t]]) {
          sum += Math.exp((float) logit);
        }
        loss -= Math.log(Math.exp((float) table[(int) text[t]][(int) text[t + 1]]) / sum);
        n++;
      }
    }
    MetricResult result = single("perplexity", model, MemoryData.ofTokens(ids));
    assertEquals(Math.exp(loss / n), result.value(), 1e-9);
    assertEquals(3, result.n());
  }

  @Test
  void tokensOutsideTheVocabularyAreRefused() {
    Predictor model = Fake.perToken(3, (token, d) -> 0);
    CompressorException e =
        refused(() -> single("perplexity", model, MemoryData.ofTokens(new long[][] {{1, 2, 7}})));
    assertTrue(e.getMessage().contains("token 2 of sample 0 is 7"), e.getMessage());
  }

  @Test
  void squaredAndAbsoluteErrorAreMeansOverSamples() {
    MemoryData data = MemoryData.of(new float[][] {{1}, {2}, {4}}).scored(1.5, 2, 2);
    assertEquals((0.25 + 0 + 4) / 3, value("mse", data), 1e-15);
    assertEquals((0.5 + 0 + 2) / 3, value("mae", data), 1e-15);
    assertEquals(0, value("mae", MemoryData.of(new float[][] {{1}, {2}}).labelled(1, 2)));
  }

  @Test
  void spearmanIsThatOfCommonsMath() {
    SplittableRandom random = new SplittableRandom(4);
    int pairs = 40;
    float[][] x = new float[2 * pairs][3];
    double[] score = new double[pairs];
    double[] cosine = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      for (int d = 0; d < 3; d++) {
        x[2 * i][d] = (float) random.nextDouble(-1, 1);
        x[2 * i + 1][d] = (float) random.nextDouble(-1, 1);
      }
      score[i] = random.nextInt(6); // ties
      cosine[i] = Embeddings.cosine(x[2 * i], x[2 * i + 1]);
    }
    double expected = new SpearmansCorrelation().correlation(cosine, score);
    MetricResult result = single("spearman", Fake.identity(), MemoryData.of(x).paired(score));
    assertEquals(expected, result.value(), 1e-12);
    assertEquals(pairs, result.n());
  }

  @Test
  void spearmanWithCountsIsSpearmanOfTheRepeatedSample() {
    double[] x = {1, 4, 2, 2, 7};
    double[] y = {3, 3, 1, 5, 9};
    int[] counts = {2, 0, 3, 1, 2};
    double[] longX = {1, 1, 2, 2, 2, 2, 7, 7};
    double[] longY = {3, 3, 1, 1, 1, 5, 9, 9};
    Statistic statistic = new PairSpearman(Pooling.MEAN).statistic(SampleTable.of(x, y));
    assertEquals(new SpearmansCorrelation().correlation(longX, longY), statistic.at(counts), 1e-12);
  }

  @Test
  void ridgeProbeLearnsWhatIsSeparable() {
    SplittableRandom random = new SplittableRandom(8);
    int n = 300;
    float[][] x = new float[n][20];
    long[] label = new long[n];
    for (int i = 0; i < n; i++) {
      label[i] = 10L * (i % 3); // labels need not be 0, 1, 2
      for (int d = 0; d < 20; d++) {
        x[i][d] = (float) (100 + random.nextDouble(-1, 1) + (d == i % 3 ? 4 : 0));
      }
    }
    assertEquals(1, value("probe-top1", MemoryData.of(x).labelled(label)));
  }

  @Test
  void ridgeProbeSolvesItsNormalEquations() {
    SplittableRandom random = new SplittableRandom(2);
    for (int[] shape : new int[][] {{30, 4}, {6, 9}}) { // both forms of the solution
      float[][] x = new float[shape[0]][shape[1]];
      int[] y = new int[shape[0]];
      for (int i = 0; i < x.length; i++) {
        y[i] = i % 2;
        for (int d = 0; d < shape[1]; d++) {
          x[i][d] = (float) random.nextDouble();
        }
      }
      RidgeProbe probe = RidgeProbe.train(x, y, 2);
      assertArrayEquals(new double[shape[1]], gradient(x, y, probe, 1), 1e-9);
    }
  }

  /** Gradient of the ridge objective for one class, zero at the solution. */
  private static double[] gradient(float[][] x, int[] y, RidgeProbe probe, int c) {
    int d = x[0].length;
    double[] mean = new double[d];
    for (float[] row : x) {
      for (int i = 0; i < d; i++) {
        mean[i] += row[i] / (double) x.length;
      }
    }
    double trace = 0;
    double[] gradient = new double[d];
    for (int n = 0; n < x.length; n++) {
      double residual = probe.bias()[c] - (y[n] == c ? 1 : 0);
      for (int i = 0; i < d; i++) {
        residual += probe.weights()[c][i] * x[n][i];
      }
      for (int i = 0; i < d; i++) {
        double v = x[n][i] - mean[i];
        gradient[i] += residual * v;
        trace += v * v;
      }
    }
    for (int i = 0; i < d; i++) {
      gradient[i] += RidgeProbe.RIDGE * trace / d * probe.weights()[c][i];
    }
    return gradient;
  }

  @Test
  void probeLosesWhatTheCandidateLost() {
    SplittableRandom random = new SplittableRandom(8);
    int n = 200;
    float[][] x = new float[n][6];
    long[] label = new long[n];
    for (int i = 0; i < n; i++) {
      label[i] = i % 2;
      for (int d = 0; d < 6; d++) {
        x[i][d] = (float) (random.nextDouble(-1, 1) + 3 * label[i]);
      }
    }
    Predictor shifted =
        Fake.mapping(
            v -> {
              float[] out = v.clone();
              for (int i = 0; i < out.length; i++) {
                out[i] -= 100;
              }
              return out;
            });
    PairedResult result =
        compare("probe-top1", Fake.identity(), shifted, MemoryData.of(x).labelled(label));
    assertEquals(100, result.n());
    assertEquals(1, result.base().value());
    assertEquals(0.5, result.candidate().value()); // a probe trained anew would have got all
    assertEquals(0.5, result.drop().value());
  }

  @Test
  void likenessOfOutputsFollowsTheDefinitions() {
    MemoryData data = MemoryData.of(new float[][] {{3, 4, 0}, {1, 0, 0}});
    Predictor other =
        Fake.mapping(
            v -> {
              float[] out = v.clone();
              for (int i = 0; i < out.length; i++) {
                out[i] = v[i] == 3 ? 4 : v[i] == 4 ? 3 : v[i];
              }
              return out;
            });
    assertEquals(0.5, against("agreement", other, data));
    assertEquals((24.0 / 25 + 1) / 2, against("cosine", other, data), 1e-12);
    assertEquals(1, against("max-abs", other, data));
    assertEquals(10 * Math.log10(26.0 / 2), against("sqnr", other, data), 1e-12);
    double z = Math.exp(3) + Math.exp(4) + 1;
    double kl = (Math.exp(3) / z) * (3 - 4) + (Math.exp(4) / z) * (4 - 3);
    assertEquals(kl / 2, against("kl", other, data), 1e-12);
  }

  @Test
  void likenessOfTokensLeavesPaddingOut() {
    MemoryData data = MemoryData.ofTokens(new long[][] {{1, 2}, {3}});
    Predictor base = Fake.perToken(2, (token, d) -> token == 0 ? 5 : d == 0 ? 1 : token);
    Predictor other = Fake.perToken(2, (token, d) -> token == 0 ? -5 : d == 0 ? 1 : 2 * token);
    // token 1: (1,1) against (1,2): argmax 0 (a tie) against 1; tokens 2 and 3 agree
    assertEquals(2.0 / 3, compare("agreement", base, other, data).candidate().value(), 1e-15);
    assertEquals(3, compare("max-abs", base, other, data).candidate().value());
    double perToken = (cos(1, 2) + cos(2, 4) + cos(3, 6)) / 3;
    assertEquals(perToken, compare("cosine-token", base, other, data).candidate().value(), 1e-12);
    double pooled = (cos(1.5, 3) + cos(3, 6)) / 2;
    assertEquals(pooled, compare("cosine", base, other, data).candidate().value(), 1e-9);
  }

  private static double cos(double a, double b) {
    return (1 + a * b) / Math.sqrt((1 + a * a) * (1 + b * b));
  }

  private static double value(String metric, MemoryData data) {
    return single(metric, Fake.identity(), data).value();
  }

  private static MetricResult single(String metric, Predictor model, MemoryData data) {
    return Evaluation.single(
            model,
            data,
            List.of(Metrics.parse(metric)),
            EvaluationOptions.defaults().batch(3),
            Progress.NONE)
        .get(0);
  }

  private static double against(String metric, Predictor other, MemoryData data) {
    return compare(metric, Fake.identity(), other, data).candidate().value();
  }

  private static PairedResult compare(
      String metric, Predictor base, Predictor candidate, MemoryData data) {
    return Evaluation.compare(
            base,
            candidate,
            data,
            List.of(Metrics.parse(metric)),
            EvaluationOptions.defaults().batch(data.size()),
            Progress.NONE)
        .get(metric);
  }

  private static CompressorException refused(org.junit.jupiter.api.function.Executable run) {
    return assertThrows(CompressorException.class, run);
  }
}
