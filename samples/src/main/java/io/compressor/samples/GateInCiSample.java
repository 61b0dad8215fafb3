package io.compressor.samples;

import io.compressor.engine.Progress;
import io.compressor.evaluate.GateCheck;
import io.compressor.evaluate.GateRule;
import io.compressor.formats.data.DataSource;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.data.Datasets;
import io.compressor.formats.onnx.OnnxReader;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pipeline.ToolVersion;
import io.compressor.report.JUnitXml;
import io.compressor.report.Measured;
import io.compressor.report.Report;
import io.compressor.runtime.RuntimeInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The gate inside a Java build: {@code GateInCiSample BASE.onnx CANDIDATE.onnx DEV.npz junit.xml}
 * judges any two models and writes what CI servers show as a test result. Ends with 3 when the gate
 * is not met, like {@code compressor check}.
 */
public final class GateInCiSample {
  /** Half a point of accuracy at 95 % confidence, and a file of at most 60 % of the base's. */
  static final List<GateRule> RULES =
      List.of(GateRule.maxDrop("top1", 0.005).atConfidence(0.95), GateRule.maxSizeShare(0.6));

  private GateInCiSample() {}

  /** Judges, writes {@code junit} and returns the outcome. */
  public static GateCheck.Outcome check(
      Path base, Path candidate, Path data, List<GateRule> rules, Path junit) throws IOException {
    Model model = OnnxReader.read(base);
    try (Dataset dataset =
        Datasets.open(DataSource.of(data).nearModel(base), model.graph().requiredInputs())) {
      GateCheck.Outcome outcome = GateCheck.of(base, candidate, dataset, rules).run(Progress.NONE);
      Files.writeString(junit, JUnitXml.render(report(candidate, outcome)));
      return outcome;
    }
  }

  private static Report report(Path candidate, GateCheck.Outcome outcome) throws IOException {
    Model model = OnnxReader.read(candidate);
    RuntimeInfo runtime = RuntimeInfo.current();
    return Report.about(
            new Report.Tool(
                ToolVersion.current(),
                runtime.ortVersion(),
                System.getProperty("java.version", ""),
                runtime.cpu()),
            new Report.Model(
                candidate.toString(),
                "",
                Files.size(candidate),
                model.graph().initializers().values().stream().mapToLong(Tensor::byteCount).sum(),
                model.opset(),
                0))
        .gate(Measured.gate(outcome.gate()))
        .build();
  }

  public static void main(String[] args) throws IOException {
    if (args.length != 4) {
      System.err.println("usage: GateInCiSample BASE.onnx CANDIDATE.onnx DEV.npz junit.xml");
      System.exit(2);
    }
    GateCheck.Outcome outcome =
        check(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]), RULES, Path.of(args[3]));
    Verdicts.print(outcome.gate(), System.out);
    System.exit(outcome.gate().passed() ? 0 : 3);
  }
}
