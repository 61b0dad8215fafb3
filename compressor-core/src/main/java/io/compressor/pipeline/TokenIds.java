package io.compressor.pipeline;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Dataset;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.SiteKind;
import io.compressor.graph.ValueOrigin;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Ids that the data feeds to embedding tables, checked before anything runs. */
final class TokenIds {
  /** What may stand between an input and the table without changing an id. */
  private static final List<String> PASSING =
      List.of("Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten");

  private final Map<String, Site> tables = new LinkedHashMap<>();

  private TokenIds() {}

  static TokenIds of(Model model) {
    GraphIndex index = new GraphIndex(model);
    TokenIds ids = new TokenIds();
    for (Site site : SiteFinder.scan(model).sites()) {
      if (site.kind() == SiteKind.GATHER) {
        source(index, site.input())
            .ifPresent(
                input -> ids.tables.merge(input, site, (a, b) -> a.out() <= b.out() ? a : b));
      }
    }
    return ids;
  }

  /**
   * @throws CompressorException DATA naming input, sample, id and the number of rows at the first
   *     id that no row belongs to
   */
  void check(Dataset data) {
    int step = data.fixedBatch().orElse(1);
    for (int at = 0; !tables.isEmpty() && at + step <= data.size(); at += step) {
      Map<String, Tensor> inputs = data.batch(at, at + step).inputs();
      for (Map.Entry<String, Site> table : tables.entrySet()) {
        Tensor ids = inputs.get(table.getKey());
        if (ids != null && !ids.type().isFloat()) {
          check(table.getKey(), table.getValue(), ids, at, step, data);
        }
      }
    }
  }

  private static void check(
      String input, Site table, Tensor ids, int first, int samples, Dataset data) {
    long[] values = ids.toLongs();
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0 || values[i] >= table.out()) {
        long each = Math.max(1, values.length / samples);
        throw new CompressorException(
            ErrorCode.DATA,
            input,
            "sample %d of %s has the id %d, but '%s' has %d rows (its vocabulary): expected 0 to %d"
                .formatted(
                    first + i / each,
                    data.describe(),
                    values[i],
                    table.name(),
                    table.out(),
                    table.out() - 1),
            "make the data with the tokenizer of this model");
      }
    }
  }

  /** The model input that the ids come from. */
  private static Optional<String> source(GraphIndex index, String value) {
    String first = ValueOrigin.behind(index, value, PASSING);
    return index.model().graph().requiredInputs().stream().anyMatch(v -> v.name().equals(first))
        ? Optional.of(first)
        : Optional.empty();
  }
}
