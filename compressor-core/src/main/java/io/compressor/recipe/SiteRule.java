package io.compressor.recipe;

import java.util.Optional;

/**
 * What becomes of the weight of one name: {@code NAME = TREATMENT}.
 *
 * @param site the weight's exact name
 */
public record SiteRule(String site, Treatment treatment) {
  private static final String IS = " = ";

  /**
   * Reads what {@link #toString} writes; names may hold the sign, treatments do not.
   *
   * @return empty when it is something else
   */
  public static Optional<SiteRule> parse(String text) {
    int at = text.lastIndexOf(IS);
    return at <= 0
        ? Optional.empty()
        : Treatment.parse(text.substring(at + IS.length()))
            .map(t -> new SiteRule(text.substring(0, at).strip(), t));
  }

  @Override
  public String toString() {
    return site + IS + treatment;
  }
}
