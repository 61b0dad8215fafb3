"""AutoRound on the language model that rsq compresses: the same weights, windows, bits and groups; perplexity of the result.

usage: lm_autoround.py MODEL.onnx GGUF CALIBRATION.npz EVAL.npz BITS ITERATIONS [GROUP]    needs torch, transformers, gguf, onnx, auto-round
GGUF tells the architecture; the weights are read from MODEL.onnx, as the exporter named them. Head and embedding stay in float.
"""
import math
import os
import sys
import time

import numpy as np
import onnx
import torch
from auto_round import AutoRound
from onnx import numpy_helper
from transformers import AutoModelForCausalLM, AutoTokenizer

path, gguf, calibration, unseen, bits, iterations = sys.argv[1:7]
bits, iterations, group = int(bits), int(iterations), int(sys.argv[7]) if len(sys.argv) > 7 else 64
torch.set_num_threads(int(os.environ.get("THREADS", "2")))
torch.manual_seed(17)
where = {"pretrained_model_name_or_path": os.path.dirname(gguf), "gguf_file": os.path.basename(gguf)}
model = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32, attn_implementation="eager").eval()

if model.config.tie_word_embeddings:
    model.lm_head.weight = torch.nn.Parameter(model.model.embed_tokens.weight.clone())
    model.config.tie_word_embeddings = False
NORMS = {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}
parameters = dict(model.named_parameters())
found = 0
for tensor in onnx.load(path).graph.initializer:
    parts = tensor.name.split(".")
    name = "model.norm.weight" if parts[0] == "output_norm" else tensor.name
    if parts[0] == "blk":
        name = f"model.layers.{parts[1]}.{NORMS[parts[2]]}.weight"
    if name not in parameters:
        continue
    value = torch.from_numpy(numpy_helper.to_array(tensor).copy())
    into = parameters[name]
    square_or_turned = value.ndim == 2 and name != "model.embed_tokens.weight"
    into.data.copy_(value.T if square_or_turned else value)
    found += 1
assert found == len(parameters), f"{found} of {len(parameters)} weights found"
windows = torch.tensor(np.load(calibration)["input_ids"])
score = torch.tensor(np.load(unseen)["input_ids"])


@torch.no_grad()
def perplexity(m):
    losses = []
    for w in score:
        logits = m(w[None]).logits[0, :-1].double()
        losses.append(torch.nn.functional.cross_entropy(logits, w[1:]).item())
    return math.exp(sum(losses) / len(losses))


class Batches:
    bs = 8

    def __iter__(self):
        return ({"input_ids": b, "attention_mask": torch.ones_like(b)} for b in windows.split(8))

    def __len__(self):
        return (len(windows) + 7) // 8


print(f"fp32: {perplexity(model):.2f}", flush=True)
start = time.time()
done = AutoRound(
    model, AutoTokenizer.from_pretrained(**where), bits=bits, group_size=group, sym=False, iters=iterations,
    nsamples=len(windows), seqlen=windows.shape[1], batch_size=8, dataset=Batches(), device_map="cpu", amp=False,
).quantize()  # fmt: skip
done = done[0] if isinstance(done, tuple) else done
seconds = time.time() - start
print(f"autoround W{bits} g{group}, {iterations} iterations, {len(windows)} windows: {seconds:.0f} s, {perplexity(done):.2f}")
