package io.compressor.formats.onnx;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.file.StagedFile;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Writes ONNX models in a stream: the structure is laid out on the heap, weights pass from where
 * they are to where they go. The same model gives the same bytes.
 */
public final class OnnxWriter {
  /** Location that stands for tensors which a session is given separately. */
  public static final String SEPARATE_WEIGHTS = "compressor-weights";

  private OnnxWriter() {}

  /**
   * Writes a model and, if asked or needed, {@code <target>.data} beside it. Both appear whole or
   * not at all; an existing target is replaced, unless the model is still read from it.
   *
   * @throws CompressorException IO when a file cannot be written; USAGE when a target is one of the
   *     model's own files or the model does not fit one file
   */
  public static void write(Model model, Path target, WriteOptions options) {
    Path dataTarget = dataOf(target);
    requirePlace(target);
    refuseSources(model, target);
    Bytes inline = ModelMessage.of(model, Placement.INLINE);
    if (!external(options, inline.size(), target)) {
      try (StagedFile file = StagedFile.beside(target)) {
        file.append(inline);
        file.force();
        file.commit();
      }
    } else {
      refuseSources(model, dataTarget);
      writeBoth(model, target, dataTarget);
    }
    forceFolder(target);
  }

  /**
   * Puts a model that {@link #write} wrote elsewhere in its place, its data first: nothing is
   * copied, and each file appears whole or not at all.
   *
   * @param model what was written
   * @param written has the target's file name, which the model's references to its data repeat
   * @return whether it was moved; false when the file system cannot, and then the model is to be
   *     written
   * @throws CompressorException as {@link #write}
   */
  public static boolean move(Model model, Path written, Path target) {
    if (!Objects.equals(written.getFileName(), target.getFileName())) {
      throw new IllegalArgumentException(written + " and " + target + " differ in name");
    }
    Path data = dataOf(written);
    requirePlace(target);
    refuseSources(model, target);
    try {
      if (Files.exists(data)) {
        refuseSources(model, dataOf(target));
        Files.move(data, dataOf(target), StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(written, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      return false;
    }
    forceFolder(target);
    return true;
  }

  /** Bytes of the model in one file, weights included; nothing is written. */
  public static long size(Model model) {
    return ModelMessage.of(model, Placement.INLINE).size();
  }

  /**
   * The model as one array.
   *
   * @throws CompressorException USAGE when it exceeds 2 GiB
   */
  public static byte[] toBytes(Model model) {
    return array(ModelMessage.of(model, Placement.INLINE));
  }

  /**
   * The model with some main-graph initializers replaced by references to nowhere ({@link
   * #SEPARATE_WEIGHTS}), for sessions that are given these tensors as external initializers.
   */
  public static byte[] skeleton(Model model, Predicate<Tensor> external) {
    IdentityHashMap<Tensor, Placement.Reference> references = new IdentityHashMap<>();
    for (Tensor tensor : model.graph().initializers().values()) {
      if (tensor.type() != ElementType.STRING && external.test(tensor)) {
        references.put(tensor, new Placement.Reference(SEPARATE_WEIGHTS, 0, tensor.byteCount()));
      }
    }
    return array(ModelMessage.of(model, t -> Optional.ofNullable(references.get(t))));
  }

  private static boolean external(WriteOptions options, long inlineSize, Path target) {
    return switch (options.externalData()) {
      case ALWAYS -> true;
      case AUTO -> inlineSize > options.inlineLimit();
      case NEVER -> {
        refuseAboveLimit(inlineSize, target.toString());
        yield false;
      }
    };
  }

  private static void writeBoth(Model model, Path target, Path dataTarget) {
    DataLayout layout = DataLayout.of(model, dataTarget.getFileName().toString());
    Bytes message = ModelMessage.of(model, layout);
    refuseAboveLimit(message.size(), target.toString());
    try (StagedFile file = StagedFile.beside(target);
        StagedFile data = StagedFile.beside(dataTarget)) {
      for (Map.Entry<Placement.Reference, Tensor> e : layout.order().entrySet()) {
        data.padTo(e.getKey().offset());
        data.append(e.getValue().data());
      }
      data.force();
      file.append(message);
      file.force();
      data.commit();
      file.commit();
    }
  }

  private static Path dataOf(Path target) {
    return target.resolveSibling(target.getFileName() + ".data");
  }

  private static byte[] array(Bytes message) {
    refuseAboveLimit(message.size(), "model in memory");
    return message.toArray();
  }

  private static void refuseAboveLimit(long size, String where) {
    if (size > WriteOptions.PROTOBUF_LIMIT) {
      throw new CompressorException(
          ErrorCode.USAGE,
          where,
          "the model needs "
              + size
              + " bytes in one file, protobuf holds at most "
              + WriteOptions.PROTOBUF_LIMIT,
          "let the weights go to an external data file");
    }
  }

  /** Fails before the work rather than after it. */
  private static void requirePlace(Path target) {
    Path folder = target.toAbsolutePath().resolveSibling("");
    if (Files.isDirectory(target) || !Files.isDirectory(folder)) {
      throw new CompressorException(
          ErrorCode.IO,
          target.toString(),
          Files.isDirectory(target)
              ? "the output is a folder, expected a file name"
              : "the output's folder does not exist",
          "give a file name in a folder that exists");
    }
  }

  private static void refuseSources(Model model, Path target) {
    for (Path source : SourceFiles.of(model)) {
      if (sameFile(source, target)) {
        throw new CompressorException(
            ErrorCode.USAGE,
            target.toString(),
            "the output is a file that the input model is read from",
            "choose another output path");
      }
    }
  }

  private static boolean sameFile(Path source, Path target) {
    try {
      return Files.exists(target) && Files.isSameFile(source, target);
    } catch (IOException e) {
      return source.toAbsolutePath().normalize().equals(target.toAbsolutePath().normalize());
    }
  }

  /** Makes the move itself durable; not every file system can, and then nothing is lost. */
  private static void forceFolder(Path target) {
    try (FileChannel folder = FileChannel.open(target.toAbsolutePath().resolveSibling(""))) {
      folder.force(true);
    } catch (IOException e) {
      return;
    }
  }
}
