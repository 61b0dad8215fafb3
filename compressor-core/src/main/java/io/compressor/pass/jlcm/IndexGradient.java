package io.compressor.pass.jlcm;

/**
 * How the gradient of a weight moves the choice of its codeword.
 *
 * <p>JLCM criticises {@link #SOFTMAX}, whose pull grows with the distance of a codeword, and
 * proposes one that shrinks with it; its exact form is not published, so {@link #PROXIMAL} and
 * {@link #NEIGHBOUR} are our reconstructions (1/distance, and its limit). {@link #LATENT} is ours:
 * a number a weight that moves by the sign of the gradient and is rounded to the nearest codeword.
 */
public enum IndexGradient {
  PROXIMAL,
  NEIGHBOUR,
  SOFTMAX,
  LATENT
}
