package io.compressor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pruning from the command line, and what it says to what it cannot do. */
class PruneCommandTest {
  @TempDir Path dir;
  private Path in;
  private Path out;

  @BeforeEach
  void write() {
    in = Models.write(dir.resolve("m.onnx"), Models.stack(3, 96));
    out = dir.resolve("out.onnx");
  }

  private Cli prune(String with) throws IOException {
    Path recipe = dir.resolve("recipe.yaml");
    Files.writeString(recipe, "recipe: 1\nsteps:\n  - pass: prune\n    with: { " + with + " }\n");
    return Cli.run("compress", in, "-o", out, "-r", recipe);
  }

  @Test
  void aRuleNeedsNothingButTheModel() throws IOException {
    Cli r = prune("sparsity: 80%, allocation: lamp");
    assertEquals(0, r.code(), r.out() + r.err());
    assertTrue(Files.size(out) < 0.45 * Files.size(in), Files.size(out) + " bytes");
    assertTrue((r.out() + r.err()).contains("80.0"), r.out() + r.err());
    assertEquals(0, Cli.run("verify", out, "--parent", in).code());
  }

  @Test
  void curvesWithoutDataAreBadUsage() throws IOException {
    Cli r = prune("sparsity: 80%");
    assertEquals(2, r.code(), r.out() + r.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void aSparsityThatIsNoneIsNamed() throws IOException {
    Cli r = prune("sparsity: 120%, allocation: lamp");
    assertEquals(2, r.code(), r.out() + r.err());
    assertTrue(r.err().contains("sparsity"), r.err());
  }
}
