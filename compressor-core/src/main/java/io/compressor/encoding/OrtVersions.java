package io.compressor.encoding;

import java.util.Arrays;

/** Orders release numbers like 1.9.1 and 1.22. */
final class OrtVersions {
  private OrtVersions() {}

  static int compare(String a, String b) {
    return Arrays.compare(numbers(a), numbers(b));
  }

  /** Major, minor, patch; what is missing or not a number counts as 0. */
  private static int[] numbers(String version) {
    int[] numbers = new int[3];
    String[] parts = version.split("[.+-]");
    for (int i = 0; i < Math.min(3, parts.length); i++) {
      numbers[i] = parts[i].matches("\\d{1,6}") ? Integer.parseInt(parts[i]) : 0;
    }
    return numbers;
  }
}
