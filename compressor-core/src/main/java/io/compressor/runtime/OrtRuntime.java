package io.compressor.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.Map;

/** The native library, loaded on first use, silent: what it would log arrives as an exception. */
final class OrtRuntime {
  private OrtRuntime() {}

  static OrtEnvironment environment() {
    try {
      return OrtEnvironment.getEnvironment(
          OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, OrtEnvironment.DEFAULT_NAME);
    } catch (LinkageError | IllegalStateException e) {
      throw new CompressorException(
          ErrorCode.RUNTIME,
          "ONNX Runtime",
          "its native library cannot be loaded here: " + e.getMessage(),
          "supported are x86-64 and ARM64 with Linux (glibc), macOS or Windows;"
              + " -Donnxruntime.native.path=DIR names a library of your own",
          e);
    }
  }

  /** The options behind the settings; the caller closes them. */
  static OrtSession.SessionOptions options(SessionSettings settings) throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(settings.threads());
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    options.setOptimizationLevel(
        switch (settings.level()) {
          case NONE -> OrtSession.SessionOptions.OptLevel.NO_OPT;
          case BASIC -> OrtSession.SessionOptions.OptLevel.BASIC_OPT;
          case EXTENDED -> OrtSession.SessionOptions.OptLevel.EXTENDED_OPT;
          case ALL -> OrtSession.SessionOptions.OptLevel.ALL_OPT;
        });
    if (settings.spinning() == SessionSettings.Spinning.OFF) {
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
    }
    for (Map.Entry<String, String> entry : settings.config().entrySet()) {
      options.addConfigEntry(entry.getKey(), entry.getValue());
    }
    if (settings.optimizedModel().isPresent()) {
      options.setOptimizedModelFilePath(settings.optimizedModel().get().toString());
    }
    if (settings.profile().isPresent()) {
      options.enableProfiling(settings.profile().get().toString());
    }
    return options;
  }
}
