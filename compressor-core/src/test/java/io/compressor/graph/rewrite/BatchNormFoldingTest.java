package io.compressor.graph.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.Graphs;
import io.compressor.graph.Ort;
import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchNormFoldingTest {
  /** Float32 rounding of a few products and one different order of summation. */
  private static final double TOLERANCE = 1e-5;

  @Test
  void aBatchNormAfterAConvGoesIntoIt() {
    Graphs graph =
        image()
            .weight("w", 4, 3, 3, 3)
            .floats("b", 1, 2, 3, 4)
            .node("Conv", "c", ins("x", "w", "b"), pads(1));
    folds(batchNorm(graph, "c", "n", 4, false).node("Relu", "y", ins("n")), "Conv", "Relu");
  }

  @Test
  void aBatchNormAfterAGroupedConvWithoutBiasGoesIntoIt() {
    Graphs graph =
        Graphs.graph()
            .input("x", 2, 4, 7, 7)
            .weight("w", 6, 2, 3, 3)
            .node("Conv", "c", ins("x", "w"), pads(1), Attribute.of("group", 2));
    folds(batchNorm(graph, "c", "y", 6, true), "Conv");
  }

  @Test
  void aBatchNormAfterGemmAndMatMulGoesIntoThem() {
    Graphs gemm =
        Graphs.graph()
            .input("x", 5, 3)
            .weight("w", 4, 3)
            .node("Gemm", "c", ins("x", "w"), Attribute.of("transB", 1));
    folds(batchNorm(gemm, "c", "y", 4, true), "Gemm");
    Graphs biased =
        Graphs.graph()
            .input("x", 5, 3)
            .weight("w", 3, 4)
            .floats("b", 1, 2, 3, 4)
            .node("MatMul", "p", ins("x", "w"))
            .node("Add", "c", ins("p", "b"));
    folds(batchNorm(biased, "c", "y", 4, true), "MatMul", "Add");
    Graphs plain =
        Graphs.graph().input("x", 5, 3).weight("w", 3, 4).node("MatMul", "c", ins("x", "w"));
    folds(batchNorm(plain, "c", "y", 4, true), "MatMul", "Add");
  }

  @Test
  void aBatchNormOverRowsOfAMatMulStays() {
    Graphs graph =
        Graphs.graph().input("x", 2, 4, 3).weight("w", 3, 4).node("MatMul", "c", ins("x", "w"));
    stays(batchNorm(graph, "c", "y", 4, true), "");
  }

  @Test
  void aBatchNormBetweenReluAndConvGoesBothWays() {
    Graphs graph = twoConvs(false, 0);
    folds(graph, "Conv", "Relu", "Conv");
  }

  @Test
  void negativeScalesGoForwardThroughNoPool() {
    folds(twoConvs(true, 0), "Conv", "Relu", "Conv");
  }

  @Test
  void aShiftCrossesZeroPaddingThroughAConstantChannel() {
    for (boolean negative : new boolean[] {false, true}) {
      Model after = folds(twoConvs(negative, 1), "Conv", "Relu", "Conv");
      assertEquals(5, after.graph().initializers().get("w1").dims()[0]);
      assertEquals(5, after.graph().initializers().get("w2").dims()[1]);
    }
  }

  @Test
  void automaticPaddingCountsAsPadding() {
    Graphs graph =
        firstConv(false)
            .weight("w2", 5, 4, 3, 3)
            .node("Conv", "y", ins("n", "w2"), Attribute.of("auto_pad", "SAME_UPPER"));
    Model after = folds(graph, "Conv", "Relu", "Conv");
    assertEquals(5, after.graph().initializers().get("w2").dims()[1]);
  }

  @Test
  void theConstantChannelPassesPoolsAndReachesEveryReader() {
    Graphs graph =
        firstConv(false)
            .node("MaxPool", "m", ins("n"), kernel(2), pads(1))
            .weight("w2", 5, 4, 3, 3)
            .weight("w3", 3, 4, 1, 1)
            .weight("wg", 4, 2)
            .node("Conv", "y", ins("m", "w2"), pads(1))
            .node("Conv", "z", ins("m", "w3"))
            .node("GlobalAveragePool", "g", ins("m"))
            .node("Flatten", "f", ins("g"))
            .node("Gemm", "v", ins("f", "wg"));
    folds(
        graph.output("z").output("v"),
        "Conv",
        "Relu",
        "MaxPool",
        "Conv",
        "Conv",
        "GlobalAveragePool",
        "Flatten",
        "Gemm");
  }

  @Test
  void aBatchNormBeforeFlattenAndGemmSpreadsOverPositions() {
    Graphs graph =
        firstConv(true)
            .weight("wg", 4 * 5 * 5, 3)
            .node("Flatten", "f", ins("n"))
            .node("Gemm", "y", ins("f", "wg"));
    folds(graph, "Conv", "Relu", "Flatten", "Gemm");
    Graphs reshaped =
        firstConv(true)
            .weight("wm", 4 * 5 * 5, 3)
            .longs("to", -1, 100)
            .node("Reshape", "f", ins("n", "to"))
            .node("MatMul", "y", ins("f", "wm"));
    folds(reshaped, "Conv", "Relu", "Reshape", "MatMul", "Add");
  }

  @Test
  void aBatchNormBeforeTheFirstConvGoesForward() {
    Graphs graph =
        batchNorm(image(), "x", "n", 3, true)
            .weight("w", 4, 3, 3, 3)
            .node("Conv", "y", ins("n", "w"));
    folds(graph, "Conv");
  }

  @Test
  void aGroupedConvTakesItsOwnChannels() {
    Graphs graph =
        firstConv(true)
            .weight("w2", 4, 1, 3, 3)
            .node("Conv", "y", ins("n", "w2"), Attribute.of("group", 4));
    folds(graph, "Conv", "Relu", "Conv");
  }

  @Test
  void cifarStyleStacksLoseEveryBatchNorm() {
    Graphs graph = image();
    String x = "x";
    int channels = 3;
    for (int i = 0; i < 3; i++) {
      graph
          .weight("w" + i, 4, channels, 2, 2)
          .floats("b" + i, 1, 0, -1, 0.5f)
          .node("Conv", "c" + i, ins(x, "w" + i, "b" + i))
          .node("Relu", "r" + i, ins("c" + i));
      batchNorm(graph, "r" + i, "n" + i, 4, false);
      graph.node("MaxPool", "m" + i, ins("n" + i), kernel(i == 2 ? 1 : 2));
      x = "m" + i;
      channels = 4;
    }
    graph
        .weight("wd", 16, 3)
        .node("Flatten", "f", ins("m2"))
        .node("Gemm", "g", ins("f", "wd"))
        .node("Identity", "y", ins("g"));
    folds(
        graph, "Conv", "Relu", "MaxPool", "Conv", "Relu", "MaxPool", "Conv", "Relu", "Flatten",
        "Gemm");
  }

  @Test
  void aNegativeScaleDoesNotPassAMaximum() {
    Graphs graph =
        firstConv(true)
            .node("MaxPool", "m", ins("n"), kernel(2))
            .weight("w2", 5, 4, 2, 2)
            .node("Conv", "y", ins("m", "w2"));
    stays(graph, "negative scale does not pass MaxPool");
  }

  @Test
  void otherReadersOfTheOutputKeepTheBatchNorm() {
    stays(twoConvs(false, 0).node("Sigmoid", "z", ins("n")).output("z"), "read by Sigmoid");
    stays(twoConvs(false, 0).output("n"), "output of the model");
  }

  @Test
  void otherReadersOfTheConvKeepTheBatchNorm() {
    Graphs graph = image().weight("w", 4, 3, 3, 3).node("Conv", "c", ins("x", "w"));
    stays(batchNorm(graph, "c", "n", 4, false).node("Add", "y", ins("n", "c")), "other readers");
  }

  @Test
  void otherReadersBeforeTheBatchNormSendTheScaleForward() {
    Graphs graph = twoConvs(false, 0).node("Sigmoid", "z", ins("r")).output("z");
    folds(graph, "Conv", "Relu", "Conv", "Sigmoid");
    stays(
        twoConvs(false, 1).node("Sigmoid", "z", ins("r")).output("z"), "no single layer feeds it");
  }

  @Test
  void aShiftDoesNotCrossPaddingIntoAGroupedConv() {
    Graphs graph =
        firstConv(false)
            .weight("w2", 4, 1, 3, 3)
            .node("Conv", "y", ins("n", "w2"), pads(1), Attribute.of("group", 4));
    stays(graph, "grouped Conv");
  }

  @Test
  void aShiftDoesNotPassAPaddedAverage() {
    Graphs graph =
        firstConv(false)
            .node(
                "AveragePool",
                "m",
                ins("n"),
                kernel(2),
                pads(1),
                Attribute.of("count_include_pad", 1))
            .weight("w2", 4, 4, 3, 3)
            .node("Conv", "y", ins("m", "w2"));
    stays(graph, "padded AveragePool");
  }

  @Test
  void aSharedWeightKeepsTheBatchNorm() {
    Graphs graph =
        image()
            .weight("w", 3, 3, 1, 1)
            .node("Conv", "a", ins("x", "w"))
            .node("Conv", "c", ins("a", "w"));
    stays(batchNorm(graph, "c", "y", 3, true), "");
  }

  @Test
  void computedParametersKeepTheBatchNorm() {
    Graphs graph =
        Graphs.graph()
            .input("x", 2, 3, 7, 7)
            .input("s", 3)
            .floats("z", 1, 2, 3)
            .node("BatchNormalization", "y", ins("x", "s", "z", "z", "z"));
    stays(graph, "not constant");
  }

  @Test
  void arithmeticWithChannelConstantsGoesIntoTheConv() {
    Graphs graph =
        image()
            .weight("w", 4, 3, 3, 3)
            .node("Conv", "c", ins("x", "w"))
            .weight("m", 4, 1, 1)
            .weight("a", 1, 4, 1, 1)
            .floats("two", 2)
            .node("Mul", "d", ins("m", "c"))
            .node("Add", "e", ins("d", "a"))
            .node("Sub", "f", ins("e", "two"))
            .node("Div", "y", ins("f", "two"));
    folds(graph, "Conv");
  }

  @Test
  void arithmeticAlongOtherAxesStays() {
    Graphs graph =
        image()
            .weight("w", 4, 3, 3, 3)
            .node("Conv", "c", ins("x", "w"))
            .weight("m", 5)
            .weight("k", 4, 1, 1)
            .node("Mul", "d", ins("c", "m"))
            .node("Div", "y", ins("k", "d"));
    stays(graph, "");
  }

  @Test
  void arithmeticBeforeAConvGoesIntoItWhereNothingIsPadded() {
    Graphs graph =
        image()
            .weight("mean", 3, 1, 1)
            .weight("dev", 1, 3, 1, 1)
            .weight("w", 4, 3, 3, 3)
            .node("Sub", "d", ins("x", "mean"))
            .node("Mul", "n", ins("d", "dev"))
            .node("Conv", "y", ins("n", "w"));
    folds(graph, "Conv");
    Graphs scaled =
        image()
            .weight("dev", 1, 3, 1, 1)
            .weight("w", 4, 3, 3, 3)
            .node("Mul", "n", ins("x", "dev"))
            .node("Conv", "y", ins("n", "w"), pads(1));
    folds(scaled, "Conv");
    Graphs shifted =
        image()
            .weight("mean", 3, 1, 1)
            .weight("w", 4, 3, 3, 3)
            .node("Sub", "n", ins("x", "mean"))
            .node("Conv", "y", ins("n", "w"), pads(1));
    stays(shifted, "");
    Graphs read =
        image()
            .weight("dev", 1, 3, 1, 1)
            .weight("w", 4, 3, 3, 3)
            .node("Mul", "n", ins("x", "dev"))
            .node("Conv", "y", ins("n", "w"))
            .node("Relu", "z", ins("n"));
    stays(read.output("z"), "");
  }

  @Test
  void aPadGoesIntoTheConvThatPadsToo() {
    Graphs graph =
        image()
            .longs("p", 0, 0, 1, 2, 0, 0, 0, 1)
            .weight("w", 4, 3, 3, 3)
            .node("Pad", "q", ins("x", "p"))
            .node("Conv", "y", ins("q", "w"), pads(1));
    folds(graph, "Conv");
  }

  @Test
  void otherPadsStay() {
    stays(
        image()
            .longs("p", 0, 0, 1, 1, 0, 0, 1, 1)
            .weight("w", 4, 3, 3, 3)
            .node("Pad", "q", ins("x", "p"), Attribute.of("mode", "reflect"))
            .node("Conv", "y", ins("q", "w")),
        "no constant zero padding");
    stays(
        image()
            .longs("p", 0, 1, 0, 0, 0, 0, 0, 0)
            .weight("w", 4, 4, 3, 3)
            .node("Pad", "q", ins("x", "p"))
            .node("Conv", "y", ins("q", "w")),
        "no constant zero padding");
    stays(
        image()
            .longs("p", 0, 0, 1, 1, 0, 0, 1, 1)
            .floats("one", 1)
            .weight("w", 4, 3, 3, 3)
            .node("Pad", "q", ins("x", "p", "one"))
            .node("Conv", "y", ins("q", "w")),
        "no constant zero padding");
  }

  @Test
  void gemmsWithFactorsAndTransposesBecomeSites() {
    Graphs graph =
        Graphs.graph()
            .input("x", 3, 5)
            .weight("w", 4, 3)
            .weight("c", 5, 4)
            .node(
                "Gemm",
                "y",
                ins("x", "w", "c"),
                Attribute.of("transA", 1),
                Attribute.of("transB", 1),
                Attribute.of("alpha", 0.5f),
                Attribute.of("beta", 2f));
    folds(graph, "Transpose", "MatMul", "Add");
    Graphs open =
        Graphs.graph()
            .input("x", 5, 3)
            .input("c", 5, 4)
            .weight("w", 3, 4)
            .node("Gemm", "y", ins("x", "w", "c"));
    folds(open, "MatMul", "Add");
    stays(
        Graphs.graph()
            .input("x", 5, 3)
            .input("c", 5, 4)
            .weight("w", 3, 4)
            .node("Gemm", "y", ins("x", "w", "c"), Attribute.of("beta", 2f)),
        "C that is not constant");
  }

  @Test
  void noOpsGoAndOutputsKeepTheirNames() {
    Graphs graph =
        image()
            .node("Relu", "a", ins("x"))
            .node("Dropout", "b", ins("a"))
            .node("Identity", "c", ins("b"))
            .node("MaxPool", "d", ins("c"), kernel(1))
            .node("Identity", "y", ins("d"));
    folds(graph, "Relu");
    stays(image().node("Identity", "y", ins("x")), "");
    stays(image().node("MaxPool", "y", ins("x"), kernel(2)), "");
  }

  /** Conv → Relu → BatchNormalization, output n of 4 channels. */
  private static Graphs firstConv(boolean negative) {
    Graphs graph =
        image()
            .weight("w1", 4, 3, 3, 3)
            .floats("b1", 1, -1, 0, 2)
            .node("Conv", "c", ins("x", "w1", "b1"))
            .node("Relu", "r", ins("c"));
    return batchNorm(graph, "r", "n", 4, negative);
  }

  private static Graphs twoConvs(boolean negative, int padding) {
    return firstConv(negative)
        .weight("w2", 5, 4, 3, 3)
        .floats("b2", 1, 2, 3, 4, 5)
        .node("Conv", "y", ins("n", "w2", "b2"), pads(padding));
  }

  private static Graphs image() {
    return Graphs.graph().input("x", 2, 3, 7, 7);
  }

  private static Graphs batchNorm(
      Graphs graph, String x, String y, int channels, boolean negative) {
    return graph
        .uniform(y + "_s", negative ? -1.5 : 0.1, 1.5, channels)
        .weight(y + "_b", channels)
        .weight(y + "_m", channels)
        .uniform(y + "_v", 0.1, 2, channels)
        .node("BatchNormalization", y, ins(x, y + "_s", y + "_b", y + "_m", y + "_v"));
  }

  private static Attribute pads(long each) {
    return Attribute.of("pads", new long[] {each, each, each, each});
  }

  private static Attribute kernel(long each) {
    return Attribute.of("kernel_shape", new long[] {each, each});
  }

  private static List<String> ins(String... names) {
    return List.of(names);
  }

  /** The rewritten model has exactly these operators and computes the same. */
  private static Model folds(Graphs graph, String... operators) {
    Model before = graph.output("y").model();
    RewriteResult result = new BatchNormFolding().apply(before);
    assertTrue(result.changed());
    assertEquals(
        List.of(operators),
        result.model().graph().nodes().stream().map(Node::opType).toList(),
        () -> result.skipped().toString());
    Ort.assertSame(before, result.model(), TOLERANCE);
    return result.model();
  }

  private static void stays(Graphs graph, String reason) {
    Model before = graph.output("y").model();
    RewriteResult result = new BatchNormFolding().apply(before);
    assertFalse(result.changed(), () -> result.applied().toString());
    assertEquals(before.graph().nodes(), result.model().graph().nodes());
    assertTrue(
        reason.isEmpty() || result.skipped().stream().anyMatch(s -> s.reason().contains(reason)),
        () -> result.skipped().toString());
  }
}
