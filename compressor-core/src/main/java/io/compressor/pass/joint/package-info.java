/**
 * The {@code joint} pass: one budget over bits, zeros and low rank of every weight.
 *
 * <p>{@link io.compressor.pass.joint.Menu} says what each weight may become, {@link
 * io.compressor.pass.joint.Workshop} makes it, {@link io.compressor.pass.joint.Survey} measures
 * what it loses, {@link io.compressor.pass.joint.Writer} writes what was chosen.
 */
@NullMarked
package io.compressor.pass.joint;

import org.jspecify.annotations.NullMarked;
