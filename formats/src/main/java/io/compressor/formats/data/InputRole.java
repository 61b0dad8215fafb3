package io.compressor.formats.data;

import io.compressor.ir.ElementType;
import io.compressor.ir.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What an input of a language model is for, by the names that exporters use. */
enum InputRole {
  IDS,
  MASK,
  TOKEN_TYPES,
  POSITIONS,
  /** Keys and values of earlier tokens. */
  CACHE,
  /** Whether a merged decoder reads the cache. */
  CACHE_SWITCH,
  OTHER;

  static InputRole of(Value input) {
    String name = input.name().toLowerCase(Locale.ROOT).replaceAll(":\\d+$", "");
    name = name.substring(name.lastIndexOf('/') + 1);
    if (name.startsWith("past_key") || name.startsWith("past.") || name.startsWith("past_value")) {
      return CACHE;
    }
    return switch (name) {
      case "input_ids", "decoder_input_ids" -> IDS;
      case "attention_mask", "input_mask", "encoder_attention_mask", "decoder_attention_mask" ->
          MASK;
      case "token_type_ids", "segment_ids" -> TOKEN_TYPES;
      case "position_ids" -> POSITIONS;
      case "use_cache_branch" -> CACHE_SWITCH;
      default -> OTHER;
    };
  }

  /** Roles of all inputs; a lone integer matrix without a known name is taken for the token ids. */
  static Map<String, InputRole> of(List<Value> inputs) {
    Map<String, InputRole> roles = new LinkedHashMap<>();
    inputs.forEach(v -> roles.put(v.name(), of(v)));
    List<Value> unnamed =
        inputs.stream()
            .filter(v -> roles.get(v.name()) == OTHER)
            .filter(v -> Shapes.rank(v).orElse(2) == 2)
            .filter(v -> v.type().map(t -> isId(t.elementType())).orElse(false))
            .toList();
    if (!roles.containsValue(IDS) && unnamed.size() == 1) {
      roles.put(unnamed.get(0).name(), IDS);
    }
    return roles;
  }

  private static boolean isId(ElementType type) {
    return type == ElementType.INT64 || type == ElementType.INT32;
  }
}
