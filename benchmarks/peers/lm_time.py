"""Seconds of the peers of `rsq` for the first blocks of SmolLM2, on PyTorch: what llm.sh preset is compared with.

usage: lm_time.py gptq|autoround GGUF WINDOWS.npz BLOCKS [ITERATIONS]      needs torch, transformers, gguf, auto-round
"""
import os
import sys
import time

import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

peer, gguf, windows, blocks = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
iterations = int(sys.argv[5]) if len(sys.argv) > 5 else 200
BITS, GROUP = 4, 64
torch.set_num_threads(2)
where = {"pretrained_model_name_or_path": os.path.dirname(gguf), "gguf_file": os.path.basename(gguf)}
model = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32, attn_implementation="eager").eval()
model.model.layers = model.model.layers[:blocks]
model.config.num_hidden_layers = blocks
data = torch.tensor(np.load(windows)["input_ids"])


def grid(w):
    """Asymmetric scale and zero point of each row, clipped by the least error (seven ranges)."""
    best = torch.full((len(w),), float("inf"))
    scale, zero = torch.zeros(len(w)), torch.zeros(len(w))
    for part in (1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64):
        low, high = w.min(1)[0].clamp(max=0) * part, w.max(1)[0].clamp(min=0) * part
        s = ((high - low) / (2**BITS - 1)).clamp(min=1e-9)
        z = (-low / s).round()
        error = (nearest(w, s, z) - w).abs().pow(2.4).sum(1)
        better = error < best
        best[better], scale[better], zero[better] = error[better], s[better], z[better]
    return scale, zero


def nearest(w, scale, zero):
    s, z = scale[:, None], zero[:, None]
    return (((w / s).round() + z).clamp(0, 2**BITS - 1) - z) * s


def gptq(w, h):
    """Frantar et al. (arXiv 2210.17323), damping 0.01, lazy blocks of one group."""
    w, n = w.clone(), h.shape[0]
    h = h + torch.eye(n) * 0.01 * h.diag().mean()
    u = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(h)), upper=True)
    q = torch.zeros_like(w)
    for lo in range(0, n, GROUP):
        hi = min(lo + GROUP, n)
        scale, zero = grid(w[:, lo:hi])
        errors = torch.zeros(len(w), hi - lo)
        for c in range(lo, hi):
            q[:, c] = nearest(w[:, c : c + 1], scale, zero)[:, 0]
            errors[:, c - lo] = (w[:, c] - q[:, c]) / u[c, c]
            w[:, c:hi] -= errors[:, c - lo : c - lo + 1] @ u[c : c + 1, c:hi]
        w[:, hi:] -= errors @ u[lo:hi, hi:]
    return q


@torch.no_grad()
def run_gptq():
    length = data.shape[1]
    stream = model.model.embed_tokens(data)
    position = model.model.rotary_emb(stream, torch.arange(length)[None])
    mask = torch.full((length, length), -1e9).triu(1)[None, None]
    for layer in model.model.layers:
        linear = [m for m in layer.modules() if isinstance(m, torch.nn.Linear)]
        hessians = {m: torch.zeros(m.in_features, m.in_features) for m in linear}

        def observe(module, inputs, _):
            x = inputs[0].reshape(-1, module.in_features)
            hessians[module] += 2 * x.T @ x

        def through(hooked):
            hooks = [m.register_forward_hook(observe) for m in linear] if hooked else []
            out = [layer(b, attention_mask=mask, position_embeddings=position) for b in stream.split(8)]
            for hook in hooks:
                hook.remove()
            return torch.cat([o[0] if isinstance(o, tuple) else o for o in out])

        through(True)
        for m in linear:
            m.weight.data = gptq(m.weight.data, hessians[m])
        stream = through(False)


def run_autoround():
    from auto_round import AutoRound

    class Batches:
        bs = 8

        def __iter__(self):
            return ({"input_ids": b, "attention_mask": torch.ones_like(b)} for b in data.split(8))

        def __len__(self):
            return (len(data) + 7) // 8

    AutoRound(
        model, AutoTokenizer.from_pretrained(**where), bits=BITS, group_size=GROUP, sym=False, iters=iterations,
        nsamples=len(data), seqlen=data.shape[1], batch_size=8, dataset=Batches(), device_map="cpu", amp=False,
    ).quantize()  # fmt: skip


start = time.time()
run_gptq() if peer == "gptq" else run_autoround()
print(f"{peer} W{BITS} g{GROUP}, {len(data)} windows, {blocks} blocks: {time.time() - start:.1f} s")
