package io.compressor.workspace;

import io.compressor.formats.file.ContentHash;
import java.util.Optional;

/**
 * What a run has solved so far. Sites are solved in rounds, each over one assignment of forms to
 * sites; a solution is found again only where its own round and all rounds before it are the same,
 * since each may see what the ones before it did. A choice of form that differs, as it may on
 * another machine, so lets everything that could rest on it be solved again.
 *
 * <p>Rounds begin one after the other, on one thread; a round itself is thread-safe.
 */
public final class FinishedSites {
  private final Optional<SiteStore> store;
  private int rounds;
  private String trail = "";

  private FinishedSites(Optional<SiteStore> store) {
    this.store = store;
  }

  /** Of a run without a workspace: nothing is ever found, nothing kept. */
  public static FinishedSites none() {
    return new FinishedSites(Optional.empty());
  }

  public static FinishedSites in(SiteStore store) {
    return new FinishedSites(Optional.of(store));
  }

  /**
   * Begins the next round.
   *
   * @param assignment all that the solutions of this round depend on, apart from what the workspace
   *     is for
   */
  public Round begin(String assignment) {
    rounds++;
    trail = hash(trail, assignment);
    return new Round(store, rounds == 1 ? "" : " (round " + rounds + ")", trail);
  }

  /** Sites of one round. */
  public static final class Round {
    private final Optional<SiteStore> store;
    private final String suffix;
    private final String trail;

    private Round(Optional<SiteStore> store, String suffix, String trail) {
      this.store = store;
      this.suffix = suffix;
      this.trail = trail;
    }

    /**
     * The solution of a site, if a run before this one came so far.
     *
     * @param details all that its solution depends on beside the round
     */
    public Optional<SolvedWeight> find(String site, String details) {
      return store.flatMap(s -> s.find(site + suffix, hash(trail, details)));
    }

    /** Keeps a solution; it is on the disk when this returns. */
    public void put(String site, String details, SolvedWeight solution) {
      store.ifPresent(s -> s.put(site + suffix, hash(trail, details), solution));
    }
  }

  private static String hash(String before, String text) {
    return ContentHash.of(before + "\n" + text);
  }
}
