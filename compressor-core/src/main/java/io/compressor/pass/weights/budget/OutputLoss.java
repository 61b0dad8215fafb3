package io.compressor.pass.weights.budget;

import io.compressor.formats.data.Dataset;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueOrigin;
import io.compressor.ir.Dim;
import io.compressor.ir.Model;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import io.compressor.pass.PassScope;
import io.compressor.recipe.PrecisionOptions;
import io.compressor.sensitivity.Distance;
import java.util.List;

/** In which distance of the outputs from the original's options are compared. */
public final class OutputLoss {
  private OutputLoss() {}

  /** What is asked for, or what data and model suggest. */
  public static Distance of(PrecisionOptions.Loss loss, Dataset data, PassScope scope) {
    return switch (loss) {
      case MSE -> Distance.MSE;
      case KL -> Distance.KL;
      case COSINE -> Distance.COSINE;
      case AUTO ->
          data.labels().isPresent() && isRows(scope.model()) && !endsInSoftmax(scope)
              ? Distance.KL
              : Distance.MSE;
    };
  }

  /** For a report. */
  public static String words(Distance distance) {
    return switch (distance) {
      case MSE -> "squared distance of the outputs from the original's, over their square";
      case KL -> "KL divergence of the outputs from the original's";
      case COSINE -> "1 - cosine of the outputs with the original's";
    };
  }

  /** Whether the first output has one row a sample. */
  public static boolean isRows(Model model) {
    return model.graph().outputs().stream()
        .findFirst()
        .flatMap(Value::type)
        .flatMap(TensorType::dims)
        .map(List<Dim>::size)
        .filter(rank -> rank == 2)
        .isPresent();
  }

  /** Whether the first output holds probabilities already. */
  private static boolean endsInSoftmax(PassScope scope) {
    return ValueOrigin.isSoftmax(
        new GraphIndex(scope.model()), scope.model().graph().outputs().get(0).name());
  }
}
