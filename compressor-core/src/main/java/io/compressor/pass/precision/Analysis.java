package io.compressor.pass.precision;

import io.compressor.graph.Site;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.report.OptionCurves;
import io.compressor.solver.mixed.PairModel;
import io.compressor.solver.mixed.RankCorrelation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Option curves of every site, and random configurations that tell how far adding them up can be
 * trusted.
 *
 * @param loss what errors are, in words
 * @param samples that they were measured on
 */
public record Analysis(
    List<OptionCurves.Curve> curves,
    List<OptionCurves.Trial> trials,
    String loss,
    int samples,
    List<String> notes) {
  public Analysis {
    curves = List.copyOf(curves);
    trials = List.copyOf(trials);
    notes = List.copyOf(notes);
  }

  /** Rank correlation of predicted and realised loss; NaN with fewer than two trials. */
  public double spearman() {
    return correlation(trials.stream().mapToDouble(OptionCurves.Trial::predicted).toArray());
  }

  /** The same without terms between sites. */
  public double spearmanSingles() {
    return correlation(trials.stream().mapToDouble(OptionCurves.Trial::singles).toArray());
  }

  private double correlation(double[] predicted) {
    return RankCorrelation.spearman(
        predicted, trials.stream().mapToDouble(OptionCurves.Trial::realised).toArray());
  }

  static Analysis of(Study study, String loss, int configurations) {
    Choices choices = study.choices();
    PairModel model = study.sensitivities().model(choices.all());
    List<OptionCurves.Curve> curves = new ArrayList<>();
    for (int i = 0; i < choices.sites().size(); i++) {
      List<OptionCurves.Point> points = new ArrayList<>();
      for (int l = 1; l < choices.levels(); l++) {
        Optional<SolvedSite> one = choices.solved().get(i).get(l);
        if (one.isPresent()) {
          points.add(point(choices, model, i, l, one.get()));
        }
      }
      Site site = choices.sites().get(i);
      curves.add(
          new OptionCurves.Curve(
              site.name(),
              site.node().opType(),
              site.parameters(),
              site.weight().byteCount(),
              choices.millis()[i][0],
              points));
    }
    List<String> notes = new ArrayList<>(study.notes());
    notes.addAll(study.sensitivities().notes());
    return new Analysis(
        curves,
        trials(study, model, configurations),
        loss,
        study.split().sensitivity().size(),
        notes);
  }

  private static OptionCurves.Point point(
      Choices choices, PairModel model, int i, int l, SolvedSite solved) {
    var choice = solved.task().choice();
    return new OptionCurves.Point(
        choices.bits().get(l),
        choices.bits().get(l) + " bits " + solved.method(),
        choice.encoding().id(),
        choice.encoding().kernel(choices.sites().get(i)),
        model.own(i, l),
        model.augmented(i, l, 1, false),
        choices.bytes()[i][l],
        choices.millis()[i][l]);
  }

  private static List<OptionCurves.Trial> trials(Study study, PairModel model, int configurations) {
    Choices choices = study.choices();
    SplittableRandom random = new SplittableRandom(study.scope().seed());
    List<OptionCurves.Trial> trials = new ArrayList<>();
    study.scope().progress().begin("configurations", configurations);
    for (int t = 0; t < configurations; t++) {
      study.scope().progress().checkCancelled();
      int[] levels = new int[choices.sites().size()];
      for (int i = 0; i < levels.length; i++) {
        int level = random.nextInt(choices.levels());
        levels[i] = choices.may(i, level) ? level : 0;
      }
      trials.add(
          new OptionCurves.Trial(
              Arrays.stream(levels).mapToObj(l -> choices.bits().get(l)).toList(),
              model.singles(levels),
              model.predicted(levels),
              study.sensitivities().loss(levels)));
      study.scope().progress().advance(1);
    }
    return trials;
  }
}
