package io.compressor.sensitivity;

import io.compressor.formats.data.DataSource;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.data.Datasets;
import io.compressor.formats.data.NpzWriter;
import io.compressor.ir.Dim;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A data set of one input, through a file that is gone at the end. */
final class InMemory {
  private InMemory() {}

  static Dataset of(Tensor x) {
    try {
      Path file = Files.createTempFile("sensitivity", ".npz");
      file.toFile().deleteOnExit();
      Files.delete(file);
      NpzWriter.write(file, List.of(x));
      List<Dim> dims = List.of(new Dim.Named("n"), new Dim.Fixed(x.dims()[1]));
      return Datasets.open(
          DataSource.of(file),
          List.of(Value.of(x.name(), new TensorType(x.type(), Optional.of(dims)))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
