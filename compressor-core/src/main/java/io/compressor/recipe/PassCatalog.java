package io.compressor.recipe;

import java.util.List;
import java.util.Optional;

/** Every pass that a recipe may name: the one explicit list. A new pass is one line here. */
public final class PassCatalog {
  private static final List<PassDescriptor> PASSES =
      List.of(
          QuantizeOptions.DESCRIPTOR,
          RsqOptions.DESCRIPTOR,
          JlcmOptions.DESCRIPTOR,
          BctOptions.DESCRIPTOR,
          PruneOptions.DESCRIPTOR,
          MaestroOptions.DESCRIPTOR,
          ResteOptions.DESCRIPTOR,
          TuneOptions.DESCRIPTOR,
          PrecisionOptions.DESCRIPTOR,
          JointOptions.DESCRIPTOR);

  private PassCatalog() {}

  public static List<PassDescriptor> all() {
    return PASSES;
  }

  public static List<String> names() {
    return PASSES.stream().map(PassDescriptor::name).toList();
  }

  public static Optional<PassDescriptor> find(String name) {
    return PASSES.stream().filter(p -> p.name().equals(name)).findFirst();
  }
}
