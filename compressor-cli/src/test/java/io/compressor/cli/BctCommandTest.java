package io.compressor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The preset that needs nothing but the model, and what it says to models it cannot serve. */
class BctCommandTest {
  @TempDir Path dir;
  private Path in;
  private Path out;

  @BeforeEach
  void write() {
    in = Models.write(dir.resolve("m.onnx"), Models.stack(3, 96));
    out = dir.resolve("out.onnx");
  }

  private Cli bct(Object... more) {
    Object[] args = new Object[6 + more.length];
    System.arraycopy(new Object[] {"compress", in, "-o", out, "-p", "bct"}, 0, args, 0, 6);
    System.arraycopy(more, 0, args, 6, more.length);
    return Cli.run(args);
  }

  @Test
  void needsNothingButTheModel() throws IOException {
    byte[] before = Files.readAllBytes(in);
    Cli r = bct("--set", "bct.ratio=5");
    assertEquals(0, r.code(), r.out() + r.err());
    assertTrue(5 * Files.size(out) <= before.length, Files.size(out) + " of " + before.length);
    assertEquals(0, Cli.run("verify", out, "--parent", in).code());
    assertEquals(0, Cli.run("plan", in, "-p", "bct").code());
  }

  @Test
  void aWeightThatIsNotFiniteIsNamed() {
    Model model = Models.stack(3, 96);
    Map<String, Tensor> all = new LinkedHashMap<>(model.graph().initializers());
    Tensor first =
        all.values().stream().filter(t -> t.elements() >= 1024).findFirst().orElseThrow();
    float[] bad = first.toFloats();
    bad[5] = Float.POSITIVE_INFINITY;
    all.put(first.name(), Tensor.ofFloats(first.name(), first.dims(), bad));
    Models.write(in, model.withGraph(model.graph().withInitializers(all)));
    Cli r = bct();
    assertEquals(2, r.code(), r.out() + r.err());
    assertTrue(r.err().contains(first.name()) && r.err().contains("Infinity"), r.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void whatIsQuantizedAlreadyIsLeftAsItIsAndSaid() throws IOException {
    Path int8 = dir.resolve("int8.onnx");
    Path recipe =
        Files.writeString(
            dir.resolve("int8.yaml"),
            "recipe: 1\nsteps:\n  - pass: quantize\n    with: { activations: dynamic }\n"
                + "encoding: { prefer: size }\n");
    assertEquals(0, Cli.run("compress", in, "-o", int8, "-r", recipe).code());
    in = int8;
    Path report = dir.resolve("report");
    Cli r = bct("--report", report);
    assertEquals(0, r.code(), r.out() + r.err());
    String said = Files.readString(report.resolve("report.json"));
    assertTrue(said.contains("bct left the model as it is: the model is quantized already"), said);
    assertTrue(Files.size(out) < Files.size(int8) + 512);
  }

  @Test
  void contradictionsAreRefused() {
    Cli r = bct("--set", "bct.bits=8");
    assertEquals(2, r.code());
    assertTrue(r.err().contains("ratio"), r.err());
    assertEquals(2, bct("--set", "bct.ratio=0.5").code());
    assertEquals(2, bct("--set", "bct.vectors=24").code());
    assertEquals(2, bct("--set", "bct.block=48").code());
  }
}
