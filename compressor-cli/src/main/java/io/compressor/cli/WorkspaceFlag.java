package io.compressor.cli;

import io.compressor.pipeline.CompressionRequest;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a run leaves what the next one can use. */
final class WorkspaceFlag {
  @Option(
      names = "--workspace",
      paramLabel = "DIR",
      description =
          "Folder for finished pieces and measured times: a compress that was stopped goes on"
              + " there.")
  @Nullable Path workspace;

  CompressionRequest in(CompressionRequest request) {
    return workspace == null ? request : request.workspace(workspace);
  }
}
