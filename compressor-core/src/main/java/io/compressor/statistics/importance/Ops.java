package io.compressor.statistics.importance;

import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.statistics.Emit;
import java.util.List;

/** Arithmetic on values by name, in operators that every set from 11 on has. */
final class Ops {
  private final Emit emit;

  Ops(Emit emit) {
    this.emit = emit;
  }

  Emit emit() {
    return emit;
  }

  String add(String a, String b) {
    return emit.node("Add", List.of(a, b));
  }

  String sub(String a, String b) {
    return emit.node("Sub", List.of(a, b));
  }

  String mul(String a, String b) {
    return emit.node("Mul", List.of(a, b));
  }

  String div(String a, String b) {
    return emit.node("Div", List.of(a, b));
  }

  String sqrt(String a) {
    return emit.node("Sqrt", List.of(a));
  }

  String matMul(String a, String b) {
    return emit.node("MatMul", List.of(a, b));
  }

  String max(String a, String b) {
    return emit.node("Max", List.of(a, b));
  }

  String min(String a, String b) {
    return emit.node("Min", List.of(a, b));
  }

  String less(String a, String b) {
    return emit.node("Less", List.of(a, b));
  }

  String both(String a, String b) {
    return emit.node("And", List.of(a, b));
  }

  String either(String a, String b) {
    return emit.node("Or", List.of(a, b));
  }

  String not(String a) {
    return emit.node("Not", List.of(a));
  }

  String where(String condition, String a, String b) {
    return emit.node("Where", List.of(condition, a, b));
  }

  String floats(String x) {
    return emit.cast(x, ElementType.FLOAT);
  }

  String number(double value) {
    float rounded = (float) value;
    return emit.constant(
        "f" + Integer.toHexString(Float.floatToIntBits(rounded)), Tensor.scalar("", rounded));
  }

  /** The size of one axis, int64 [1]. */
  String size(String x, long axis) {
    return slice(emit.shape(x), emit.longs(axis), emit.longs(axis + 1), 0);
  }

  /** Elements [from, to) along one axis; from and to are int64 [1]. */
  String slice(String x, String from, String to, long axis) {
    return emit.node("Slice", List.of(x, from, to, emit.longs(axis)));
  }

  /** Reshape to sizes given by int64 [1] values, put together. */
  String reshape(String x, List<String> sizes) {
    return emit.node("Reshape", List.of(x, emit.node("Concat", sizes, Attribute.of("axis", 0L))));
  }

  /** x [batch, length] reduced over each sequence, [batch, 1]. */
  String row(String reduction, String x) {
    return emit.reshape(emit.reduce(reduction, x, 1), -1, 1);
  }

  /** 0, 1 … n − 1 as int64 [n], for n int64 [1]. */
  String range(String n) {
    String zero = emit.constant("zero", Tensor.ofLongs("", new long[0], 0));
    String one = emit.constant("one", Tensor.ofLongs("", new long[0], 1));
    return emit.node("Range", List.of(zero, emit.reshape(n), one));
  }
}
