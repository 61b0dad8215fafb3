package io.compressor.pipeline;

import io.compressor.formats.data.Dataset;
import io.compressor.pass.PassFiles;
import io.compressor.recipe.ResolvedRecipe;
import io.compressor.recipe.ResolvedValue;
import io.compressor.report.Report;
import io.compressor.runtime.RuntimeInfo;
import io.compressor.workspace.FinishedSites;
import io.compressor.workspace.Workspace;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a run writes to while it goes on: its workspace, or the system's temporary folder. */
final class RunFiles implements AutoCloseable {
  private final Optional<Workspace> workspace;
  private final PassFiles passes;

  private RunFiles(Optional<Workspace> workspace, PassFiles passes) {
    this.workspace = workspace;
    this.passes = passes;
  }

  /**
   * @param modelSha256 of the input
   * @throws io.compressor.error.CompressorException USAGE when the workspace belongs to another
   *     run, naming the difference, or is in use
   */
  static RunFiles open(
      CompressionRequest request, String modelSha256, Optional<Dataset> calibration) {
    if (request.workspace().isEmpty()) {
      return new RunFiles(Optional.empty(), PassFiles.temporary().withMemory(request.memory()));
    }
    Workspace opened =
        Workspace.open(
            request.workspace().orElseThrow(), key(modelSha256, request.recipe(), calibration));
    return new RunFiles(
        Optional.of(opened),
        new PassFiles(
            opened.scratch("activations"),
            FinishedSites.in(opened.sites()),
            Optional.of(opened.learning()),
            request.memory()));
  }

  PassFiles passes() {
    return passes;
  }

  /** What the workspace was good for. */
  Optional<Report.Resumed> resumed() {
    return workspace.map(
        w -> new Report.Resumed(w.sites().reused(), w.sites().reused() + w.sites().solved()));
  }

  List<String> warnings() {
    return workspace.map(w -> w.sites().warnings()).orElse(List.of());
  }

  /**
   * What solutions depend on. Gates and budgets are left out: they judge what is written; forms and
   * their grids, which depend on measurements, are part of every site.
   */
  private static Map<String, String> key(
      String modelSha256, ResolvedRecipe recipe, Optional<Dataset> calibration) {
    Map<String, String> key = new LinkedHashMap<>();
    key.put("model.sha256", modelSha256);
    key.put("data.sha256", calibration.map(Dataset::sha256).orElse("none"));
    key.put("version", ToolVersion.current());
    key.put("version.onnxruntime", RuntimeInfo.current().ortVersion());
    for (ResolvedValue value : recipe.values()) {
      String path = value.path();
      if (path.equals("seed") || path.startsWith("steps[") || path.startsWith("encoding.")) {
        key.put("recipe." + path, value.value().toString());
      }
    }
    return key;
  }

  @Override
  public void close() {
    workspace.ifPresent(Workspace::close);
  }
}
