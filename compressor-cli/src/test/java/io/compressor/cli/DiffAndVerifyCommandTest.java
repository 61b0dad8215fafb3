package io.compressor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.ir.Model;
import io.compressor.recipe.RecipeSource;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiffAndVerifyCommandTest {
  @TempDir Path dir;
  private Path a;

  @BeforeEach
  void writeModel() {
    a = Models.write(dir.resolve("a.onnx"), Models.classifier(1));
  }

  @Test
  void identicalModelsHaveNoDifference() {
    Cli r = Cli.run("diff", a, a);
    assertEquals(0, r.code(), r.err());
    assertTrue(r.out().contains("no difference"), r.out());
  }

  @Test
  void otherValuesAndHeadersAreListed() {
    Model other = Models.classifier(2).withOpset("", 18).withOpset("com.microsoft", 1);
    Cli r = Cli.run("diff", a, Models.write(dir.resolve("b.onnx"), other));
    assertEquals(0, r.code(), r.err());
    assertTrue(r.out().contains("operator set ai.onnx"), r.out());
    assertTrue(r.out().contains("operator set com.microsoft  none"), r.out());
    // fc2 of seed 1 has seed 2, as fc1 of seed 2 has: other shapes, so both differ.
    assertTrue(r.out().contains("fc1.weight  MatMul  other values"), r.out());
    assertTrue(r.out().contains("constants: 0 the same, 2 changed"), r.out());
    assertEquals(0, Cli.run("diff", a, a, "--json").code());
  }

  @Test
  void verifyComparesParentAndRecipe() {
    String recipe = RecipeSource.preset("int8").resolve().sha256();
    Model made =
        Models.classifier(1)
            .withMetadata("compressor.parent.sha256", ModelArgument.open(a).sha256())
            .withMetadata("compressor.recipe.sha256", recipe)
            .withMetadata("compressor.version", Version.current())
            .withMetadata("compressor.gate", "passed");
    Path out = Models.write(dir.resolve("out.onnx"), made);
    Cli same = Cli.run("verify", out, "--parent", a, "--preset", "int8");
    assertEquals(0, same.code(), same.out() + same.err());
    assertTrue(same.out().contains("ok"), same.out());
    Cli parent = Cli.run("verify", out, "--parent", out);
    assertEquals(3, parent.code());
    assertTrue(parent.out().contains("DIFFERS"), parent.out());
    assertEquals(3, Cli.run("verify", out, "--preset", "small").code());
    assertEquals(0, Cli.run("verify", out).code());
  }

  @Test
  void verifyRefusesModelsOfOthers() {
    Cli r = Cli.run("verify", a);
    assertEquals(2, r.code());
    assertTrue(r.err().contains("not written by this toolkit"), r.err());
  }
}
