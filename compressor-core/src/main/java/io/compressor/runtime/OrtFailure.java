package io.compressor.runtime;

import ai.onnxruntime.OrtException;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns what ONNX Runtime throws into one {@link CompressorException} that names the node. */
final class OrtFailure {
  /** The ways in which ONNX Runtime's messages name a node, in order of preference. */
  private static final List<Pattern> NODE_NAMES =
      List.of(
          Pattern.compile("[Nn]ode\\. Name:\\s*'([^']+)'"),
          Pattern.compile("Node \\(([^)]+)\\) Op"),
          Pattern.compile("In Node, \\(\"([^\"]+)\""),
          Pattern.compile("\\bnode:([^\\s,)]+)"),
          Pattern.compile("with name '([^']+)'"),
          Pattern.compile("Node:\\s?(\\S+)"));

  private OrtFailure() {}

  /** A failure to open a model. */
  static CompressorException opening(String what, OrtException cause) {
    String message = text(cause);
    return switch (cause.getCode()) {
      case ORT_NO_SUCHFILE ->
          new CompressorException(
              ErrorCode.IO, what, message, "check the path and the external data files", cause);
      case ORT_NOT_IMPLEMENTED ->
          new CompressorException(
              ErrorCode.MODEL,
              node(message).orElse(what),
              message,
              "this ONNX Runtime has no CPU kernel for the node; a newer release may have one",
              cause);
      default ->
          isMemory(message)
              ? running(what, cause)
              : new CompressorException(
                  ErrorCode.MODEL,
                  node(message).orElse(what),
                  message,
                  "the model is not valid ONNX for this ONNX Runtime; run the ONNX checker on it",
                  cause);
    };
  }

  /** A failure while a model runs. */
  static CompressorException running(String what, OrtException cause) {
    String message = text(cause);
    return new CompressorException(
        ErrorCode.RUNTIME, node(message).orElse(what), message, hint(message), cause);
  }

  /** The node that an ONNX Runtime message is about. */
  static Optional<String> node(String message) {
    for (Pattern pattern : NODE_NAMES) {
      Matcher matcher = pattern.matcher(message);
      if (matcher.find()) {
        return Optional.of(matcher.group(1));
      }
    }
    return Optional.empty();
  }

  private static boolean isMemory(String message) {
    return message.contains("allocate") || message.contains("bad_alloc");
  }

  private static String text(OrtException cause) {
    String message = String.valueOf(cause.getMessage());
    return message.replaceFirst("^Error code - \\w+ - message: ", "").strip();
  }

  private static String hint(String message) {
    if (isMemory(message)) {
      return "not enough memory: use a smaller batch or fewer threads";
    }
    if (message.contains("hape") || message.contains("imension")) {
      return "the data does not fit the shapes that the model computes with";
    }
    return "";
  }
}
