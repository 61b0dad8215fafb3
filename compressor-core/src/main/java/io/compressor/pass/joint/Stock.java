package io.compressor.pass.joint;

import io.compressor.graph.Site;
import io.compressor.pass.PassScope;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sites with all that each may still become, solved.
 *
 * @param pieces [site][item], in the order of the items
 */
record Stock(List<Offer> offers, List<List<Piece>> pieces) {
  /** An item goes when another is no larger, no slower, and has so much less error. */
  private static final double CLEARLY = 0.8;

  Stock {
    offers = List.copyOf(offers);
    pieces = List.copyOf(pieces);
  }

  /**
   * Solves everything and keeps what no other item of the same site clearly betters, by output
   * error of the layer: an error at the outputs costs a run of the model, that of a layer a
   * product.
   *
   * @param timed whether slower items may be kept for that they are smaller, and the reverse
   */
  static Stock of(PassScope scope, List<Offer> offers, Workshop workshop, boolean timed) {
    scope.progress().begin("solve", offers.size());
    List<Solved> solved =
        scope
            .engine()
            .map(
                offers,
                offer -> {
                  scope.progress().checkCancelled();
                  Solved one = solve(scope, offer, workshop.bench(offer), timed);
                  scope.progress().advance(1);
                  return one;
                });
    return new Stock(
        solved.stream().map(Solved::offer).toList(), solved.stream().map(Solved::pieces).toList());
  }

  private record Solved(Offer offer, List<Piece> pieces) {}

  private static Solved solve(PassScope scope, Offer offer, Workshop.Bench bench, boolean timed) {
    List<Piece> pieces = new ArrayList<>();
    double[] errors = new double[offer.items().size()];
    double[] bytes = new double[errors.length];
    for (int i = 0; i < errors.length; i++) {
      scope.progress().checkCancelled();
      Item item = offer.items().get(i);
      Piece piece = bench.make(item);
      pieces.add(piece);
      bytes[i] = Stored.bytes(offer.site(), item, piece);
      errors[i] =
          item.treatment().isNone()
              ? 0
              : bench.error(piece, piece.matrix(offer.site(), item, scope.engine()));
    }
    List<Integer> kept =
        IntStream.range(0, errors.length)
            .filter(i -> i == 0 || !isBettered(i, offer, errors, bytes, timed))
            .boxed()
            .toList();
    return new Solved(offer.only(kept), kept.stream().map(pieces::get).toList());
  }

  private static boolean isBettered(
      int i, Offer offer, double[] errors, double[] bytes, boolean timed) {
    for (int j = 0; j < errors.length; j++) {
      boolean slower = timed && offer.items().get(j).millis() > offer.items().get(i).millis();
      if (j != i && bytes[j] <= bytes[i] && !slower && errors[j] < CLEARLY * errors[i]) {
        return true;
      }
    }
    return false;
  }

  /** One item of each site. */
  List<Chosen> chosen(int[] places) {
    List<Chosen> all = new ArrayList<>();
    for (int i = 0; i < places.length; i++) {
      all.add(at(i, places[i]));
    }
    return all;
  }

  Chosen at(int site, int place) {
    Offer offer = offers.get(site);
    return new Chosen(offer.site(), offer.items().get(place), pieces.get(site).get(place));
  }

  /** One site treated, all others as they are. */
  List<Chosen> alone(int site, int place) {
    return List.of(at(site, place));
  }

  List<Site> sites() {
    return offers.stream().map(Offer::site).toList();
  }

  int size(int site) {
    return offers.get(site).items().size();
  }

  /** Everything there is. */
  List<Chosen> all() {
    List<Chosen> all = new ArrayList<>();
    for (int i = 0; i < offers.size(); i++) {
      for (int o = 0; o < size(i); o++) {
        all.add(at(i, o));
      }
    }
    return all;
  }
}
