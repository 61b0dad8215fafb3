package io.compressor.formats.data;

import static io.compressor.formats.data.ModelInputs.floats;
import static io.compressor.formats.data.ModelInputs.longs;
import static io.compressor.formats.data.ModelInputs.refused;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.compressor.error.CompressorException;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broken and lying arrays end in the one exception, quickly. */
class HostileArraysTest {
  private static final int TRIES = 250;

  @TempDir Path folder;

  private static byte[] header(String dict) {
    byte[] text = dict.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(10 + text.length);
    out.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.put((byte) text.length).put((byte) (text.length >> 8)).put(text);
    return out.array();
  }

  private static void parse(byte[] head, long size) {
    NpyHeader.parse(ByteBuffer.wrap(head), size, "a.npz:x");
  }

  private static void refusedDict(String dict, String... words) {
    refused(() -> parse(header(dict), 1000), words);
  }

  @Test
  void lyingHeadersAreRefused() {
    refusedDict("{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999999999,), }");
    refusedDict(
        "{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 9999999999, 9999999999), }",
        "overflow");
    refusedDict("{'descr': '<f4', 'fortran_order': False, 'shape': (-3,), }", "npy header");
    refusedDict("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "needs");
    refusedDict("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", "pickle");
    refusedDict("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,), }", "structured");
    refusedDict("{'descr': '<U8', 'fortran_order': False, 'shape': (3,), }", "not numeric");
    refusedDict("{'descr': '<c8', 'fortran_order': False, 'shape': (3,), }", "not numeric");
    refusedDict("{'shape': (3,), 'fortran_order': False, }", "'descr'");
    refusedDict("import os", "npy header");
  }

  @Test
  void aHeaderOfBlanksCostsNoTime() {
    String blanks = " ".repeat(60_000);
    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> {
          refusedDict("{" + blanks + "'descr'" + blanks.substring(55_000), "npy header");
          refusedDict("{'descr': '<f4'" + blanks + "x", "npy header");
          refusedDict("{'descr': '<f4', 'fortran_order': False, 'shape': (" + blanks, "npy header");
        });
  }

  @Test
  void aHeaderLongerThanTheFileIsRefused() {
    byte[] head = header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }");
    head[9] = (byte) 0xff;
    refused(() -> parse(head, head.length + 4), "truncated");
    byte[] second = head.clone();
    second[6] = 2;
    second[11] = (byte) 0xff;
    refused(() -> parse(second, second.length + 4), "truncated");
    byte[] third = head.clone();
    third[6] = 9;
    refused(() -> parse(third, third.length + 4), "version 9");
  }

  @Test
  void flippedBytesNeverEscapeAsAnotherException() throws IOException {
    NpzWriter.write(
        folder.resolve("ours.npz"),
        List.of(
            Tensor.ofFloats("c", new long[] {4, 2, 3}, new float[24]),
            Tensor.ofLongs("big", new long[] {4, 2}, new long[8]),
            Tensor.ofLongs("label", new long[] {4}, new long[4])));
    for (String name : List.of("numpy-stored.npz", "numpy-deflated.npz", "ours.npz")) {
      byte[] whole = name.equals("ours.npz") ? bytes(name) : resource(name);
      SplittableRandom random = new SplittableRandom(7);
      for (int i = 0; i < TRIES; i++) {
        attempt(broken(whole, random), name + " try " + i);
      }
    }
  }

  private byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = HostileArraysTest.class.getResourceAsStream("/data/" + name)) {
      return in.readAllBytes();
    }
  }

  private static byte[] broken(byte[] whole, SplittableRandom random) {
    byte[] out = whole.clone();
    int flips = 1 + random.nextInt(4);
    for (int f = 0; f < flips; f++) {
      // Headers, directory and sizes lie near both ends: aim there half of the time.
      int at = random.nextInt(out.length);
      if (random.nextBoolean()) {
        at = Math.max(0, out.length - 1 - random.nextInt(Math.min(out.length, 300)));
      }
      out[at] = random.nextBoolean() ? (byte) 0xff : (byte) random.nextInt(256);
    }
    return random.nextInt(8) == 0 ? Arrays.copyOf(out, random.nextInt(out.length)) : out;
  }

  private void attempt(byte[] content, String label) throws IOException {
    Path path = folder.resolve("broken.npz");
    Files.write(path, content);
    List<Value> inputs = List.of(floats("c", "n", 2, 3), longs("big", "n", 2));
    assertDoesNotThrow(
        () -> {
          try (Dataset data = Datasets.open(DataSource.of(path), inputs)) {
            data.batch(0, data.size());
            data.summary();
          } catch (CompressorException expected) {
            assert !expected.where().isEmpty();
          }
        },
        label);
  }
}
