package io.compressor.formats.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Files in class folders, or in one flat folder. Labels are the ranks of the sorted folder names,
 * as everywhere; empty class folders count, so that a split without a class keeps its numbers.
 *
 * <p>Files come in turn, the first of every class, then the second of every class, so that a prefix
 * of the samples is as balanced as it can be.
 */
record LabelledFiles(List<Path> files, Optional<long[]> labels, List<String> notes) {

  /** Lists the folders of a source. */
  static LabelledFiles list(DataSource source, List<String> endings) {
    List<Path> flat = new ArrayList<>();
    Map<String, List<Path>> byClass = new LinkedHashMap<>();
    TreeSet<String> names = new TreeSet<>();
    for (Path folder : source.files()) {
      if (!Files.isDirectory(folder)) {
        throw BadData.in(folder.toString(), "a file, expected a folder", "name the folder");
      }
      for (Path entry : sorted(folder)) {
        if (Files.isDirectory(entry)) {
          String name = String.valueOf(entry.getFileName());
          names.add(name);
          List<Path> found = sorted(entry).stream().filter(p -> matches(p, endings)).toList();
          byClass.computeIfAbsent(name, n -> new ArrayList<>()).addAll(found);
        } else if (matches(entry, endings)) {
          flat.add(entry);
        }
      }
    }
    boolean labelled = byClass.values().stream().anyMatch(files -> !files.isEmpty());
    if (!flat.isEmpty() && labelled) {
      throw BadData.in(
          source.origin(),
          "files both in class folders and beside them, such as " + flat.get(0),
          "move them into a class folder");
    }
    if (flat.isEmpty() && !labelled) {
      throw BadData.in(source.origin(), "no samples: no " + endings, "give at least one file");
    }
    return labelled
        ? interleaved(new ArrayList<>(names), byClass)
        : new LabelledFiles(List.copyOf(flat), Optional.empty(), List.of());
  }

  private static LabelledFiles interleaved(List<String> names, Map<String, List<Path>> byClass) {
    List<Path> files = new ArrayList<>();
    List<Long> labels = new ArrayList<>();
    int longest = byClass.values().stream().mapToInt(List::size).max().orElse(0);
    for (int turn = 0; turn < longest; turn++) {
      for (int label = 0; label < names.size(); label++) {
        List<Path> own = byClass.getOrDefault(names.get(label), List.of());
        if (turn < own.size()) {
          files.add(own.get(turn));
          labels.add((long) label);
        }
      }
    }
    return new LabelledFiles(
        List.copyOf(files),
        Optional.of(labels.stream().mapToLong(Long::longValue).toArray()),
        List.of(Targets.note(names)));
  }

  private static boolean matches(Path file, List<String> endings) {
    String name = SourceReader.lowerName(file);
    return !name.startsWith(".")
        && endings.stream().anyMatch(name::endsWith)
        && Files.isRegularFile(file);
  }

  private static List<Path> sorted(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(p -> !SourceReader.lowerName(p).startsWith("."))
          .sorted(Comparator.comparing(p -> String.valueOf(p.getFileName())))
          .toList();
    } catch (IOException e) {
      throw BadData.unreadable(folder, e);
    }
  }
}
