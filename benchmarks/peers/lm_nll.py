"""Perplexity through ONNX Runtime, with nothing of this toolkit; and two models window by window.

usage: lm_nll.py MODEL WINDOWS.npz SCORES.npy        prints the perplexity, keeps a mean loss for each window
       lm_nll.py --pair A.npy B.npy                  ratio of perplexities B / A with its standard error
"""
import sys

import numpy as np


def score(model, windows, keep):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    losses = []
    for window in np.load(windows)["input_ids"]:
        logits = session.run(["logits"], {"input_ids": window[None]})[0][0, :-1].astype(np.float64)
        most = logits.max(1)
        norm = most + np.log(np.exp(logits - most[:, None]).sum(1))
        losses.append(np.mean(norm - logits[np.arange(len(norm)), window[1:]]))
    np.save(keep, losses)
    print(f"{np.exp(np.mean(losses)):.2f}")


if sys.argv[1] == "--pair":
    a, b = (np.load(f) for f in sys.argv[2:4])
    d = b - a
    print(f"{np.exp(a.mean()):.2f} -> {np.exp(b.mean()):.2f}: x{np.exp(d.mean()):.4f} +- {d.std(ddof=1) / len(d) ** 0.5:.4f}")
else:
    score(*sys.argv[1:4])
