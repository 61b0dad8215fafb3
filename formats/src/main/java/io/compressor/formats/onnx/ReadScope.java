package io.compressor.formats.onnx;

/** What every part of one read shares: the place, the external files, the nesting depth. */
final class ReadScope {
  /** Deepest nesting of subgraphs; real models stay below ten. */
  private static final int MAX_DEPTH = 64;

  private final Place place;
  private final ExternalFiles externalFiles;
  private int depth;

  ReadScope(Place place, ExternalFiles externalFiles) {
    this.place = place;
    this.externalFiles = externalFiles;
  }

  Place place() {
    return place;
  }

  ExternalFiles externalFiles() {
    return externalFiles;
  }

  void enterGraph() {
    if (++depth > MAX_DEPTH) {
      throw place.fault(
          "subgraphs are nested more than " + MAX_DEPTH + " deep",
          "flatten the control flow before export");
    }
  }

  void leaveGraph() {
    depth--;
  }
}
