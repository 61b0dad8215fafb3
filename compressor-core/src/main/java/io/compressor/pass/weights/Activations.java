package io.compressor.pass.weights;

import io.compressor.encoding.Arithmetic;
import io.compressor.graph.SiteKind;
import io.compressor.recipe.QuantizeOptions;
import java.util.Optional;
import java.util.Set;

/** What the {@code activations} option means for each kind of site. */
public enum Activations {
  NONE,
  DYNAMIC,
  TOKEN,
  STATIC,
  /** Dynamic for products, static for convolutions. */
  AUTO,
  /** As AUTO, without data to fix ranges on. */
  AUTO_WITHOUT_DATA;

  public static Activations of(QuantizeOptions options, boolean hasData) {
    return switch (options.activations()) {
      case NONE -> NONE;
      case DYNAMIC -> DYNAMIC;
      case TOKEN -> TOKEN;
      case STATIC -> STATIC;
      case AUTO -> hasData ? AUTO : AUTO_WITHOUT_DATA;
    };
  }

  public boolean quantizesConvStatically() {
    return convolutions().contains(Arithmetic.STATIC_INT8);
  }

  /** How a site may multiply; tables are read by row and do not multiply at all. */
  public Set<Arithmetic> allowed(SiteKind kind) {
    return switch (kind) {
      case MATMUL, GEMM -> products();
      case CONV -> convolutions();
      case GATHER -> Set.of(Arithmetic.FLOAT);
    };
  }

  /** Why a kind of site is left alone; empty when it is not. */
  Optional<String> refuse(SiteKind kind) {
    if (kind != SiteKind.CONV || !convolutions().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        this == DYNAMIC || this == TOKEN
            ? "ONNX Runtime's dynamic int8 convolution is many times slower than float; use"
                + " activations: static"
            : "static int8 needs calibration data to fix activation ranges on: give --data");
  }

  private Set<Arithmetic> products() {
    return switch (this) {
      case NONE -> Set.of(Arithmetic.FLOAT);
      case DYNAMIC -> Set.of(Arithmetic.DYNAMIC_INT8);
      case TOKEN -> Set.of(Arithmetic.TOKEN_INT8);
      case STATIC -> Set.of(Arithmetic.STATIC_INT8);
      case AUTO, AUTO_WITHOUT_DATA -> Set.of(Arithmetic.DYNAMIC_INT8, Arithmetic.FLOAT);
    };
  }

  private Set<Arithmetic> convolutions() {
    return switch (this) {
      case NONE -> Set.of(Arithmetic.FLOAT);
      case DYNAMIC, TOKEN, AUTO_WITHOUT_DATA -> Set.of();
      case STATIC, AUTO -> Set.of(Arithmetic.STATIC_INT8);
    };
  }
}
