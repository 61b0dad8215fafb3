package io.compressor.graph.channel;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Puts together what was found about the axes of one group. */
final class GroupBuilder {
  private final GraphIndex index;
  private final Map<Axis, Optional<Long>> members = new LinkedHashMap<>();
  private final List<Endpoint> writers = new ArrayList<>();
  private final List<Endpoint> readers = new ArrayList<>();
  private final Set<NormUse> norms = new LinkedHashSet<>();
  private final Map<String, Barrier> barriers = new LinkedHashMap<>();

  GroupBuilder(GraphIndex index) {
    this.index = index;
  }

  void member(Axis at, Optional<Long> size) {
    members.put(at, size);
  }

  void writer(Endpoint end) {
    writers.add(end);
  }

  void reader(Endpoint end) {
    readers.add(end);
  }

  void norm(NormUse norm) {
    norms.add(norm);
  }

  /** One barrier a reason is enough; the first place stands for all. */
  void barriers(Collection<Barrier> found) {
    found.forEach(b -> barriers.putIfAbsent(b.reason(), b));
  }

  ChannelGroup build() {
    long size = size();
    List<ChannelConstant> constants = new ArrayList<>();
    members.forEach(
        (at, n) -> {
          if (index.constant(at.value()).isPresent()) {
            constants.add(
                new ChannelConstant(at.value(), at.axis(), (int) (n.orElse(size) / size)));
          }
        });
    Transformation allowed = Transformation.INVERTIBLE;
    for (Barrier barrier : barriers.values()) {
      allowed = allowed.meet(barrier.allows());
    }
    List<Endpoint> writing = writers.stream().map(e -> blocks(e, written(e), size)).toList();
    List<Endpoint> reading = readers.stream().map(e -> blocks(e, read(e), size)).toList();
    return new ChannelGroup(
        name(),
        (int) size,
        allowed,
        members.keySet().stream().sorted(order(Axis::value)).toList(),
        writing.stream().sorted(order(e -> e.site().output())).toList(),
        reading.stream().sorted(order(e -> e.site().output())).toList(),
        constants,
        norms.stream().sorted(order(n -> n.norm().output())).toList(),
        List.copyOf(barriers.values()));
  }

  private <T> Comparator<T> order(java.util.function.Function<T, String> value) {
    return Comparator.comparingInt(t -> index.position(value.apply(t)));
  }

  private String name() {
    List<Endpoint> ends = writers.isEmpty() ? readers : writers;
    return ends.stream()
        .sorted(order(e -> e.site().output()))
        .findFirst()
        .orElseThrow()
        .site()
        .name();
  }

  /** The smallest axis; every other must be made of whole blocks of it. */
  private long size() {
    Set<Long> sizes = new LinkedHashSet<>();
    members.values().forEach(n -> n.ifPresent(sizes::add));
    writers.forEach(e -> sizes.add(written(e)));
    readers.forEach(e -> sizes.add(read(e)));
    long smallest = sizes.stream().mapToLong(n -> n).min().orElse(1);
    if (smallest < 1 || sizes.stream().anyMatch(n -> n % smallest != 0)) {
      barriers(
          List.of(
              new Barrier(
                  name(), "axes of sizes " + sizes + " do not share blocks", Transformation.NONE)));
    }
    return Math.max(1, smallest);
  }

  private static long written(Endpoint end) {
    return SiteAxes.writtenSize(end.site());
  }

  private static long read(Endpoint end) {
    Site site = end.site();
    return site.in() / end.spread();
  }

  private static Endpoint blocks(Endpoint end, long axis, long size) {
    return new Endpoint(end.site(), (int) (axis / size), end.spread());
  }
}
