package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.compressor.formats.data.DataSource;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.data.Datasets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TypicalRowsTest {
  @TempDir Path folder;

  @Test
  void aModelThatReadsNoTokensHasOneRow() {
    assertEquals(1, TypicalRows.of(Cases.images(), Optional.empty()));
  }

  @Test
  void aTextHasTheTokensOfAShortParagraphWhenThereIsNoData() {
    assertEquals(128, TypicalRows.of(Cases.words(), Optional.empty()));
  }

  @Test
  void dataWithoutNaturalLengthsDoesNotMoveIt() {
    Path file = Cases.save("ids", Cases.ids("ids", 4), folder.resolve("ids.npz"));
    try (Dataset data =
        Datasets.open(DataSource.of(file), Cases.words().graph().requiredInputs())) {
      assertEquals(128, TypicalRows.of(Cases.words(), Optional.of(data)));
    }
  }
}
