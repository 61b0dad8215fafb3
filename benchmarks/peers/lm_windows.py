"""Token windows of one corpus: the first 40 score, later ones calibrate, so that no text is in both.

usage: lm_windows.py TOKENIZER TEXT OUTDIR      writes lm_eval.npz, lm_cal16.npz, lm_cal128.npz, cal-17/18/19.npz
"""
import sys

import numpy as np
from tokenizers import Tokenizer

tokenizer, text, out = sys.argv[1:]
LENGTH = 256
ids = np.array(
    Tokenizer.from_file(tokenizer)
    .encode(open(text, encoding="utf8", errors="replace").read(), add_special_tokens=False)
    .ids,
    dtype=np.int64,
)


def save(name, first, count):
    np.savez(f"{out}/{name}.npz", input_ids=ids[first * LENGTH : (first + count) * LENGTH].reshape(count, LENGTH))


save("lm_eval", 0, 40)
save("lm_cal16", 70, 16)
save("lm_cal128", 70, 128)
for k, seed in enumerate((17, 18, 19)):
    save(f"cal-{seed}", 70 + 64 * k, 64)
