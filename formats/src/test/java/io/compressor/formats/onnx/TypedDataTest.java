package io.compressor.formats.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.compressor.formats.pack.BitPacking;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Values in typed fields are the same tensor as the same values in raw_data. */
class TypedDataTest {
  private static final int[] CODES = {0, 1, 2, 63, 31, 7, 5};

  @Test
  void wordsOfEveryWidthInInt32Data() {
    for (ElementType type : ElementType.values()) {
      if (TypedData.fieldOf(type) == Fields.OfTensor.INT32_DATA && type.bits() >= 8) {
        ByteBuffer raw = buffer(CODES.length * type.bits() / 8);
        DynamicMessage.Builder typed = TestModels.tensor("w", type, CODES.length);
        for (int code : CODES) {
          Oracle.put(typed, "int32_data", code);
          switch (type.bits()) {
            case 32 -> raw.putInt(code);
            case 16 -> raw.putShort((short) code);
            default -> raw.put((byte) code);
          }
        }
        assertRaw(raw.array(), typed.build());
      }
    }
  }

  @Test
  void narrowTypesComeByTheByteInInt32Data() {
    for (ElementType type :
        List.of(
            ElementType.INT4,
            ElementType.UINT4,
            ElementType.FLOAT4E2M1,
            ElementType.INT2,
            ElementType.UINT2)) {
      byte[] codes = {1, 0, 1, 1, 0, 1, 0};
      byte[] raw = BitPacking.pack(codes, type.bits());
      DynamicMessage.Builder typed = TestModels.tensor("w", type, codes.length);
      for (byte b : raw) {
        Oracle.put(typed, "int32_data", b & 0xff);
      }
      assertRaw(raw, typed.build());
    }
  }

  @Test
  void sixBitFloatsComeOneByOneAndArePacked() {
    for (ElementType type : List.of(ElementType.FLOAT6E2M3, ElementType.FLOAT6E3M2)) {
      byte[] codes = new byte[CODES.length];
      DynamicMessage.Builder typed = TestModels.tensor("w", type, CODES.length);
      for (int i = 0; i < codes.length; i++) {
        codes[i] = (byte) CODES[i];
        Oracle.put(typed, "int32_data", CODES[i]);
      }
      assertRaw(BitPacking.pack(codes, 6), typed.build());
    }
  }

  @Test
  void negativeIntegersKeepTheirSign() {
    DynamicMessage.Builder typed = TestModels.tensor("w", ElementType.INT8, 2);
    Oracle.put(typed, "int32_data", -1);
    Oracle.put(typed, "int32_data", -128);
    assertArrayEquals(new long[] {-1, -128}, read(typed.build()).toLongs());
    DynamicMessage.Builder wide = TestModels.tensor("w", ElementType.INT64, 1);
    Oracle.put(wide, "int64_data", Long.MIN_VALUE);
    assertArrayEquals(new long[] {Long.MIN_VALUE}, read(wide.build()).toLongs());
  }

  @Test
  void unsignedIntegersInUint64Data() {
    DynamicMessage.Builder typed = TestModels.tensor("w", ElementType.UINT32, 2);
    Oracle.put(typed, "uint64_data", 0xffffffffL);
    Oracle.put(typed, "uint64_data", 5L);
    assertArrayEquals(new long[] {0xffffffffL, 5}, read(typed.build()).toLongs());
  }

  @Test
  void floatsDoublesAndComplexNumbers() {
    DynamicMessage.Builder complex = TestModels.tensor("w", ElementType.COMPLEX64, 1);
    Oracle.put(complex, "float_data", 1f);
    Oracle.put(complex, "float_data", -2f);
    assertRaw(buffer(8).putFloat(1).putFloat(-2).array(), complex.build());
    DynamicMessage.Builder doubles = TestModels.tensor("w", ElementType.DOUBLE, 1);
    Oracle.put(doubles, "double_data", Math.PI);
    assertRaw(buffer(8).putDouble(Math.PI).array(), doubles.build());
  }

  @Test
  void unpackedAndSplitFieldsAreOneList() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeInt32(2, ElementType.FLOAT.onnxId());
    out.writeFloat(4, 1f);
    out.writeString(8, "w");
    out.writeByteArray(4, buffer(8).putFloat(2f).putFloat(3f).array());
    out.writeFloat(4, 4f);
    out.writeByteArray(1, new byte[] {2, 2});
    out.flush();
    Tensor tensor = TensorReader.read(Bytes.of(bytes.toByteArray()), scope());
    assertArrayEquals(new long[] {2, 2}, tensor.dims());
    assertArrayEquals(new float[] {1, 2, 3, 4}, tensor.toFloats());
  }

  @Test
  void stringsKeepTheirBytes() {
    DynamicMessage.Builder typed = TestModels.tensor("w", ElementType.STRING, 2);
    byte[] odd = {(byte) 0xff, 0};
    Oracle.put(typed, "string_data", ByteString.copyFrom("ä", StandardCharsets.UTF_8));
    Oracle.put(typed, "string_data", ByteString.copyFrom(odd));
    List<byte[]> read = read(typed.build()).toStrings();
    assertArrayEquals("ä".getBytes(StandardCharsets.UTF_8), read.get(0));
    assertArrayEquals(odd, read.get(1));
  }

  @Test
  void aRenamedTensorIsWrittenAsRawData() throws IOException {
    DynamicMessage.Builder typed = TestModels.tensor("w", ElementType.FLOAT16, 2);
    Oracle.put(typed, "doc_string", "kept");
    Oracle.put(typed, "int32_data", 0x3c00);
    Oracle.put(typed, "int32_data", 0xc000);
    byte[] message = TensorMessage.inline(read(typed.build()).withName("v")).toArray();
    Message parsed = DynamicMessage.parseFrom(Oracle.type("TensorProto"), message);
    assertEquals("v", Oracle.get(parsed, "name"));
    assertEquals("kept", Oracle.get(parsed, "doc_string"));
    byte[] expected = {0, 0x3c, 0, (byte) 0xc0};
    assertEquals(ByteString.copyFrom(expected), Oracle.get(parsed, "raw_data"));
  }

  private static void assertRaw(byte[] raw, Message typed) {
    assertArrayEquals(raw, read(typed).data().toArray());
  }

  private static Tensor read(Message tensor) {
    return TensorReader.read(Bytes.of(tensor.toByteArray()), scope());
  }

  private static ReadScope scope() {
    return new ReadScope(new Place("test"), ExternalFiles.none("", ""));
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
