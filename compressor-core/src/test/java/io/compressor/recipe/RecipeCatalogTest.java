package io.compressor.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecipeCatalogTest {

  /** Regenerate with {@code mvn test -Dtest=RecipeCatalogTest -Dgolden.update=true}. */
  @Test
  void theCommittedSchemaIsCurrent() throws IOException {
    Path file = Path.of("..", "docs", "schema", "recipe.schema.json");
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, RecipeSchema.text());
    }
    assertEquals(RecipeSchema.text(), Files.readString(file));
  }

  @Test
  void theSchemaShipsAsAResource() throws IOException {
    try (InputStream in =
        Recipe.class.getResourceAsStream("/io/compressor/schema/recipe.schema.json")) {
      assertNotNull(in);
      String shipped = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(shipped.contains("\"title\" : \"Compressor recipe\""));
    }
  }

  @Test
  void everyPresetParsesAndEveryFileIsListed() throws IOException {
    for (Presets.Preset preset : Presets.all()) {
      assertFalse(Recipe.preset(preset.name()).steps().isEmpty(), preset.name());
    }
    Path folder = Path.of("src", "main", "resources", "io", "compressor", "recipe", "presets");
    try (var files = Files.list(folder)) {
      List<String> names =
          files.map(f -> f.getFileName().toString().replace(".yaml", "")).sorted().toList();
      assertEquals(Presets.names().stream().sorted().toList(), names);
    }
  }

  @Test
  void everyOptionIsDescribedAndItsDefaultIsOfItsType() {
    for (PassDescriptor pass : PassCatalog.all()) {
      for (OptionSpec spec : pass.options()) {
        assertTrue(spec.doc().endsWith("."), spec.name());
        assertTrue(spec.name().matches("[a-z]+(-[a-z]+)*"), spec.name());
      }
    }
  }

  @Test
  void quantizeDefaultsAreWhatIsDocumented() {
    QuantizeOptions d = QuantizeOptions.defaults();
    assertEquals(
        new QuantizeOptions(
            QuantizeOptions.Method.RTN,
            8,
            0,
            true,
            true,
            QuantizeOptions.Activations.AUTO,
            QuantizeOptions.Calibration.MINMAX,
            0.01,
            false,
            0,
            0,
            true,
            List.of()),
        d);
  }

  @Test
  void everyQuantizeOptionReachesItsField() {
    QuantizeOptions q =
        (QuantizeOptions)
            Recipe.parse(
                    "recipe: 1\nbudget: {size: 20%}\nsteps: [{pass: quantize, with: {method: gptq,"
                        + " bits: 3, group: 16, symmetric: false, clip-search: false, activations:"
                        + " static, calibration: entropy, damping: 0.05, act-order: true,"
                        + " embeddings: 4, smooth: 0.5, bias-correction: false, mixed: [8, 4]}}]",
                    "r")
                .steps()
                .get(0)
                .options();
    assertEquals(
        new QuantizeOptions(
            QuantizeOptions.Method.GPTQ,
            3,
            16,
            false,
            false,
            QuantizeOptions.Activations.STATIC,
            QuantizeOptions.Calibration.ENTROPY,
            0.05,
            true,
            4,
            0.5,
            false,
            List.of(8, 4)),
        q);
    assertTrue(q.needsCalibration());
  }

  @Test
  void limitsReadUnitsAndShares() {
    assertEquals(Optional.of(new Limit(Limit.Unit.FRACTION, 0.005)), Limit.parse("0.5%"));
    assertEquals(Optional.of(new Limit(Limit.Unit.BYTES, 2147483648.0)), Limit.parse("2GiB"));
    assertEquals(Optional.of(new Limit(Limit.Unit.BYTES, 1.5e6)), Limit.parse("1.5 MB"));
    assertEquals(Optional.of(new Limit(Limit.Unit.MILLIS, 1500)), Limit.parse("1.5s"));
    for (String bad : List.of("", "5", "-5%", "5 parsecs", "%", "1e9MB", "5%%", "０%")) {
      assertEquals(Optional.empty(), Limit.parse(bad), bad);
    }
    for (String text : List.of("25%", "2147483648B", "1500ms")) {
      assertEquals(text, Limit.parse(text).orElseThrow().toString());
    }
  }
}
