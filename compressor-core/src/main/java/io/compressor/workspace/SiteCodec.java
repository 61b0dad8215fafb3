package io.compressor.workspace;

import io.compressor.formats.pack.BitPacking;
import io.compressor.solver.Grid;
import io.compressor.solver.QuantizedWeight;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.zip.CRC32C;

/**
 * A finished site as a file, little-endian: "CMPRSITE", int32 version, int32 CRC-32C of all that
 * follows, then site name, hash, facts, grid, codes packed to the grid's bits.
 */
final class SiteCodec {
  private static final byte[] MAGIC = "CMPRSITE".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;

  private SiteCodec() {}

  /**
   * What a file holds.
   *
   * @param hash of all that determines the solution
   */
  record Entry(String site, String hash, SolvedWeight solved) {}

  static byte[] encode(Entry entry) {
    SolvedWeight solved = entry.solved();
    Grid grid = solved.weight().grid();
    FieldWriter body = new FieldWriter();
    body.text(entry.site());
    body.text(entry.hash());
    body.text(solved.method());
    body.maybe(solved.biasShift());
    body.maybe(solved.errorPredicted());
    body.maybe(solved.errorMeasured());
    body.number(solved.warnings().size());
    solved.warnings().forEach(body::text);
    GridCodec.writeAny(grid, body);
    body.bytes(BitPacking.pack(solved.weight().codes(), grid.bits()));
    byte[] content = body.toArray();
    FieldWriter file = new FieldWriter();
    file.raw(MAGIC);
    file.number(VERSION);
    file.number(checksum(ByteBuffer.wrap(content)));
    file.raw(content);
    return file.toArray();
  }

  /**
   * @throws DamagedException when this is not, to the last byte, what {@link #encode} made
   */
  static Entry decode(byte[] file) throws DamagedException {
    boolean ours = file.length > MAGIC.length && Arrays.equals(MAGIC, 0, 8, file, 0, 8);
    if (!ours) {
      throw new DamagedException("it is no finished site");
    }
    FieldReader head =
        new FieldReader(ByteBuffer.wrap(file, MAGIC.length, file.length - MAGIC.length));
    int version = head.number();
    if (version != VERSION) {
      throw new DamagedException("version " + version + ", expected " + VERSION);
    }
    int promised = head.number();
    if (promised != checksum(head.rest())) {
      throw new DamagedException("its checksum is wrong");
    }
    try {
      return body(new FieldReader(head.rest()));
    } catch (IllegalArgumentException e) {
      throw new DamagedException(String.valueOf(e.getMessage()));
    }
  }

  private static Entry body(FieldReader in) throws DamagedException {
    String site = in.text();
    String hash = in.text();
    String method = in.text();
    Optional<double[]> biasShift = in.maybeDoubles();
    OptionalDouble predicted = in.maybeDouble();
    OptionalDouble measured = in.maybeDouble();
    List<String> warnings = new ArrayList<>();
    for (int left = in.number(); left > 0; left--) {
      warnings.add(in.text());
    }
    Grid grid = GridCodec.readAny(in);
    byte[] codes =
        BitPacking.unpack(in.bytes(), grid.bits(), Math.multiplyExact(grid.rows(), grid.cols()));
    in.requireEnd();
    QuantizedWeight weight = new QuantizedWeight(grid, codes);
    return new Entry(
        site, hash, new SolvedWeight(weight, method, biasShift, predicted, measured, warnings));
  }

  private static int checksum(ByteBuffer content) {
    CRC32C crc = new CRC32C();
    crc.update(content.duplicate());
    return (int) crc.getValue();
  }
}
