package io.compressor.formats.onnx;

import io.compressor.ir.Bytes;
import io.compressor.ir.MappedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Files that a model keeps its weights in. A location must be relative and stay inside the model's
 * folder after links are resolved; anything else could read files the model's author must not see.
 */
final class ExternalFiles {
  private final Optional<Path> folder;
  private final String whyNone;
  private final String hint;
  private final Map<String, MappedFile> opened = new HashMap<>();

  private ExternalFiles(Optional<Path> folder, String whyNone, String hint) {
    this.folder = folder;
    this.whyNone = whyNone;
    this.hint = hint;
  }

  /** Files in a model's folder. */
  static ExternalFiles in(Path folder) {
    return new ExternalFiles(Optional.of(folder), "", "");
  }

  /** No file may be named here. */
  static ExternalFiles none(String why, String hint) {
    return new ExternalFiles(Optional.empty(), why, hint);
  }

  /** Bytes [offset, offset + length) of the file at {@code location}. */
  Bytes region(String location, long offset, long length, Place place) {
    MappedFile file = opened.get(location);
    if (file == null) {
      file = open(location, place);
      opened.put(location, file);
    }
    if (offset < 0 || offset > file.size() - length) {
      throw place.fault(
          "external data "
              + offset
              + "+"
              + length
              + " lies outside '"
              + location
              + "' of "
              + file.size()
              + " bytes",
          "the data file is incomplete or belongs to another model: copy it once more");
    }
    return new Bytes.Region(file, offset, length);
  }

  private MappedFile open(String location, Place place) {
    Path base =
        folder.orElseThrow(
            () -> place.fault("external data in '" + location + "' but " + whyNone, hint));
    Path real = resolve(base, location, place);
    try {
      return MappedFile.open(real);
    } catch (IOException e) {
      throw place.fault(
          "cannot read external data '" + location + "': " + e.getMessage(),
          "check the permissions of " + real);
    }
  }

  private static Path resolve(Path base, String location, Place place) {
    Path relative = relative(location, place);
    try {
      Path realBase = base.toRealPath();
      Path real = realBase.resolve(relative).toRealPath();
      if (!real.startsWith(realBase)) {
        throw outside(location, place);
      }
      if (!Files.isRegularFile(real)) {
        throw missing(location, base, place);
      }
      return real;
    } catch (IOException e) {
      throw missing(location, base, place);
    }
  }

  private static Path relative(String location, Place place) {
    if (location.isEmpty()) {
      throw place.fault("external data without a location", "export the model once more");
    }
    try {
      Path path = Path.of(location);
      boolean drive = location.length() > 1 && location.charAt(1) == ':';
      if (path.isAbsolute() || location.startsWith("/") || location.startsWith("\\") || drive) {
        throw outside(location, place);
      }
      for (String part : location.split("[/\\\\]")) {
        if (part.equals("..")) {
          throw outside(location, place);
        }
      }
      return path;
    } catch (InvalidPathException e) {
      throw place.fault(
          "external data location is not a path: " + e.getReason(), "export the model once more");
    }
  }

  private static RuntimeException outside(String location, Place place) {
    return place.fault(
        "external data '" + location + "' is not a relative path inside the model's folder",
        "copy the data file next to the model (resolving links) and save the model with a"
            + " relative location");
  }

  private static RuntimeException missing(String location, Path base, Place place) {
    return place.fault(
        "external data file '" + location + "' not found in " + base,
        "copy it there: the model's weights are in it");
  }
}
