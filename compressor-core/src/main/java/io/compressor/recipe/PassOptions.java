package io.compressor.recipe;

/** The typed options of one step. One record per pass, listed in {@link PassCatalog}. */
public interface PassOptions {
  /** Whether the step needs calibration data to run at all. */
  boolean needsCalibration();
}
