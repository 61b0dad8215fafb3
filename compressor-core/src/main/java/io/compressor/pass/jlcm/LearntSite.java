package io.compressor.pass.jlcm;

import io.compressor.pass.weights.SolvedSite;
import io.compressor.pass.weights.learn.StudentSite;
import io.compressor.train.Learner;
import io.compressor.train.Variable;
import java.util.List;

/** One site while it learns. */
interface LearntSite {
  List<Variable> variables();

  /** Takes over what was learnt so far, in the form in which it will be written. */
  void keep(Learner trainer);

  /** What was taken over last. */
  SolvedSite result();

  StudentSite student();
}
