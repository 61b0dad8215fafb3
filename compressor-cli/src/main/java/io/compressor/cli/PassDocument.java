package io.compressor.cli;

import io.compressor.recipe.OptionValue;
import io.compressor.recipe.PassDescriptor;
import java.util.List;

/** A pass in JSON. */
record PassDocument(String name, String summary, String source, List<Option> options) {

  /** One option; the default is in the form a recipe would have it, empty if there is none. */
  record Option(String name, String type, String fallback, String doc, String source) {}

  static PassDocument of(PassDescriptor pass) {
    return new PassDocument(
        pass.name(),
        pass.summary(),
        pass.source(),
        pass.options().stream()
            .map(
                o ->
                    new Option(
                        o.name(),
                        o.type().describe(),
                        o.fallback().map(OptionValue::toString).orElse(""),
                        o.doc(),
                        o.source()))
            .toList());
  }
}
