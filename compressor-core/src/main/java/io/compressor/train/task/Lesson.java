package io.compressor.train.task;

import io.compressor.autodiff.Surrogate;
import io.compressor.ir.Tensor;
import io.compressor.train.Variable;
import java.util.List;
import java.util.Map;

/**
 * What learns, and from what.
 *
 * @param form of the model; inputs that the data does not give come from {@code inputs}
 * @param variables constants of the form that move
 * @param surrogates see {@link io.compressor.autodiff.GradientRequest}
 * @param inputs further inputs of each step
 */
public record Lesson(
    TrainingForm form,
    List<Variable> variables,
    Map<String, Surrogate> surrogates,
    Objective objective,
    StepInputs inputs) {
  public Lesson {
    variables = List.copyOf(variables);
    surrogates = Map.copyOf(surrogates);
  }

  /** Without surrogates and further inputs. */
  public static Lesson of(TrainingForm form, List<Variable> variables, Objective objective) {
    return new Lesson(form, variables, Map.of(), objective, StepInputs.none());
  }

  /** Inputs that a method feeds beside the data: a schedule's value, a mask drawn for the step. */
  public interface StepInputs {
    /** Those of a step; they follow from its number alone, so that a resumed run draws the same. */
    Map<String, Tensor> at(int step, int steps);

    /** Those with which the model is judged on held-out samples. */
    Map<String, Tensor> judging();

    static StepInputs none() {
      return same(Map.of());
    }

    /** The same in every step and for judging. */
    static StepInputs same(Map<String, Tensor> inputs) {
      return new StepInputs() {
        @Override
        public Map<String, Tensor> at(int step, int steps) {
          return inputs;
        }

        @Override
        public Map<String, Tensor> judging() {
          return inputs;
        }
      };
    }
  }
}
