package io.compressor.formats.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code tokenizer.json} (and the {@code tokenizer_config.json} beside it) says about
 * padding and length; the vocabulary is skipped.
 *
 * @param pad id of the padding token
 * @param length longest sequence, in tokens
 */
record TokenizerFacts(OptionalLong pad, OptionalInt length) {
  /** Longer claims mean "no limit" (the usual one is 1e30). */
  private static final long ANY_LENGTH = 1 << 24;

  private static final List<String> PAD_NAMES = List.of("[PAD]", "<pad>", "<|pad|>", "<PAD>");

  static TokenizerFacts read(Path tokenizer) {
    Map<String, JsonNode> parts = parts(tokenizer);
    JsonNode padding = parts.get("padding");
    OptionalLong pad =
        padding != null && padding.path("pad_id").isIntegralNumber()
            ? OptionalLong.of(padding.path("pad_id").longValue())
            : addedPad(parts.get("added_tokens"));
    return new TokenizerFacts(pad, length(tokenizer, parts.get("truncation")));
  }

  private static Map<String, JsonNode> parts(Path tokenizer) {
    Map<String, JsonNode> parts = new HashMap<>();
    ObjectMapper mapper = new ObjectMapper();
    try (JsonParser json = new JsonFactory().createParser(tokenizer.toFile())) {
      json.setCodec(mapper);
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw broken(tokenizer, "no JSON object", null);
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String key = json.currentName();
        json.nextToken();
        if (List.of("padding", "truncation", "added_tokens").contains(key)) {
          parts.put(key, json.readValueAsTree());
        } else {
          json.skipChildren();
        }
      }
    } catch (JsonProcessingException e) {
      throw broken(tokenizer, e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw BadData.unreadable(tokenizer, e);
    }
    return parts;
  }

  private static CompressorException broken(Path tokenizer, String why, @Nullable Throwable cause) {
    return new CompressorException(
        ErrorCode.DATA,
        tokenizer.toString(),
        "not a tokenizer: " + why,
        "give the tokenizer.json that belongs to the model",
        cause);
  }

  private static OptionalLong addedPad(@Nullable JsonNode added) {
    if (added != null) {
      for (JsonNode token : added) {
        if (PAD_NAMES.contains(token.path("content").asText())) {
          return OptionalLong.of(token.path("id").asLong());
        }
      }
    }
    return OptionalLong.empty();
  }

  private static OptionalInt length(Path tokenizer, @Nullable JsonNode truncation) {
    long length = truncation == null ? 0 : truncation.path("max_length").asLong(0);
    Path config = tokenizer.resolveSibling("tokenizer_config.json");
    if (Files.isRegularFile(config)) {
      try {
        double most =
            new ObjectMapper().readTree(config.toFile()).path("model_max_length").asDouble(0);
        if (most >= 1 && most < ANY_LENGTH) {
          length = length > 0 ? Math.min(length, (long) most) : (long) most;
        }
      } catch (IOException e) {
        throw BadData.unreadable(config, e);
      }
    }
    return length >= 1 && length < ANY_LENGTH ? OptionalInt.of((int) length) : OptionalInt.empty();
  }
}
