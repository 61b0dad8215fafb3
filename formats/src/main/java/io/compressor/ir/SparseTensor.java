package io.compressor.ir;

/**
 * A sparse initializer, carried verbatim.
 *
 * @param name the name of its values tensor, which is the initializer's name
 * @param dims the dense shape
 */
public record SparseTensor(String name, long[] dims, Bytes message) {}
