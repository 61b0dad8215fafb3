package io.compressor.formats.onnx;

import io.compressor.ir.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Recognises files that are given for ONNX models by mistake. */
enum ForeignFormat {
  LFS_POINTER(0, "version https://git-lfs", "a Git LFS pointer", "run 'git lfs pull'"),
  ZIP(0, "PK\3\4", "a zip archive (perhaps a PyTorch checkpoint)", "export it to ONNX"),
  GZIP(0, "\u001f\u008b", "gzip-compressed", "decompress it first"),
  HDF5(0, "\u0089HDF", "an HDF5 file (perhaps Keras)", "export it to ONNX"),
  PICKLE(0, "\u0080\2", "a Python pickle", "export it to ONNX"),
  GGUF(0, "GGUF", "a GGUF file", "export the original model to ONNX"),
  ORT(4, "ORTM", "an ORT-format model", "use the .onnx it was made from"),
  TFLITE(4, "TFL3", "a TensorFlow Lite model", "convert it to ONNX"),
  SAFETENSORS(8, "{\"", "a safetensors file", "export the model to ONNX"),
  JSON(0, "{", "a JSON text", "give the .onnx file"),
  MARKUP(0, "<", "an XML or HTML page (a failed download?)", "download the model once more");

  private static final int LONGEST = 32;

  private final int offset;
  private final String magic;
  private final String what;
  private final String hint;

  ForeignFormat(int offset, String magic, String what, String hint) {
    this.offset = offset;
    this.magic = magic;
    this.what = what;
    this.hint = hint;
  }

  String what() {
    return what;
  }

  String hint() {
    return hint;
  }

  static Optional<ForeignFormat> of(Bytes file) {
    ByteBuffer head = file.slice(0, Math.min(LONGEST, file.size())).buffer();
    String text = StandardCharsets.ISO_8859_1.decode(head).toString();
    for (ForeignFormat format : values()) {
      if (text.startsWith(format.magic, format.offset)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }
}
