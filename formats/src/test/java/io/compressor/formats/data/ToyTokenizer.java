package io.compressor.formats.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A word-level tokenizer with BERT's special tokens, as Hugging Face writes it. */
final class ToyTokenizer {
  static final long UNKNOWN = 1;
  static final long CLS = 2;
  static final long SEP = 3;

  private ToyTokenizer() {}

  /** Words w0 ... w49 have ids 10 ... 59; padding has id 9. */
  static Path write(Path folder) throws IOException {
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      words.append(", \"w").append(i).append("\": ").append(10 + i);
    }
    String json =
        """
        {"version": "1.0",
         "truncation": {"direction": "Right", "max_length": 30, "strategy": "LongestFirst",
                        "stride": 0},
         "padding": {"strategy": {"Fixed": 20}, "direction": "Right", "pad_to_multiple_of": null,
                     "pad_id": 9, "pad_type_id": 0, "pad_token": "[PAD]"},
         "added_tokens": [
           {"id": 9, "content": "[PAD]", "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true}],
         "normalizer": null,
         "pre_tokenizer": {"type": "Whitespace"},
         "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
         "decoder": null,
         "model": {"type": "WordLevel", "unk_token": "[UNK]",
                   "vocab": {"[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[PAD]": 9%s}}}
        """
            .formatted(words);
    return Files.writeString(folder.resolve("tokenizer.json"), json);
  }
}
