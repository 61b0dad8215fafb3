/**
 * The demo's input: a sentence encoder and a labelled task, both taken from Maven artifacts that
 * lie beside the application.
 */
@NullMarked
package io.compressor.demo;

import org.jspecify.annotations.NullMarked;
