package io.compressor.runtime;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How to open a session.
 *
 * @param threads intra-op threads, the calling one included; 0 lets ONNX Runtime take one per
 *     physical core
 * @param spinning what idle worker threads do between two operators. ONNX Runtime's own default is
 *     {@link Spinning#ON}, which burns whole cores and makes sessions timed side by side disturb
 *     each other; ours is OFF
 * @param config session config entries by their ONNX Runtime name, on top of what the other fields
 *     set
 * @param optimizedModel where to write the graph that is really run
 * @param profile prefix of the operator profile that ONNX Runtime writes; it appends a time stamp
 */
public record SessionSettings(
    int threads,
    Optimization level,
    Spinning spinning,
    Map<String, String> config,
    Optional<Path> optimizedModel,
    Optional<Path> profile) {

  /** Whether idle worker threads wait by spinning. */
  public enum Spinning {
    ON,
    OFF
  }

  public SessionSettings {
    if (threads < 0) {
      throw new IllegalArgumentException("threads must be >= 0 but was " + threads);
    }
    config = Collections.unmodifiableMap(new TreeMap<>(config));
  }

  /** All optimisations, ONNX Runtime's own number of threads, no spinning. */
  public static SessionSettings defaults() {
    return new SessionSettings(
        0, Optimization.ALL, Spinning.OFF, Map.of(), Optional.empty(), Optional.empty());
  }

  /** {@link #defaults()} with {@code threads} intra-op threads. */
  public static SessionSettings withThreads(int threads) {
    return defaults().threads(threads);
  }

  public SessionSettings threads(int newThreads) {
    return new SessionSettings(newThreads, level, spinning, config, optimizedModel, profile);
  }

  public SessionSettings level(Optimization newLevel) {
    return new SessionSettings(threads, newLevel, spinning, config, optimizedModel, profile);
  }

  public SessionSettings spinning(Spinning newSpinning) {
    return new SessionSettings(threads, level, newSpinning, config, optimizedModel, profile);
  }

  /** Adds or replaces one session config entry. */
  public SessionSettings config(String key, String value) {
    Map<String, String> more = new TreeMap<>(config);
    more.put(key, value);
    return new SessionSettings(threads, level, spinning, more, optimizedModel, profile);
  }

  public SessionSettings optimizedModel(Path file) {
    return new SessionSettings(threads, level, spinning, config, Optional.of(file), profile);
  }

  public SessionSettings profile(Path prefix) {
    return new SessionSettings(
        threads, level, spinning, config, optimizedModel, Optional.of(prefix));
  }
}
