package io.compressor.ir;

/** One dimension of a shape: a number, a name, or nothing known. */
public sealed interface Dim permits Dim.Fixed, Dim.Named, Dim.Unknown {
  record Fixed(long size) implements Dim {
    public Fixed {
      if (size < 0) {
        throw new IllegalArgumentException("dimension must be >= 0 but was " + size);
      }
    }

    @Override
    public String toString() {
      return Long.toString(size);
    }
  }

  record Named(String name) implements Dim {
    @Override
    public String toString() {
      return name;
    }
  }

  record Unknown() implements Dim {
    @Override
    public String toString() {
      return "?";
    }
  }
}
