#!/bin/bash
# MiniLM in few bits: k-means codebooks, GPTQ on them, and what learning adds, all on the same 2,048 short texts.
# usage: COMPRESSOR_ZOO=DIR [PYTHON=...] [COMPRESSOR=...] [WORK=DIR] benchmarks/jlcm.sh NAME "OPTIONS OF jlcm"
#   benchmarks/jlcm.sh kmeans  "bits: 2.4, learn: none, method: rtn"
#   benchmarks/jlcm.sh gptq    "bits: 2.4, learn: none"
#   benchmarks/jlcm.sh latent  "bits: 2.4, steps: 400, batch: 32, learning-rate: 0.01"
#   benchmarks/jlcm.sh default "bits: 2.4, steps: 120, batch: 32, learning-rate: 0.01, gradient: softmax"
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
zoo=${COMPRESSOR_ZOO:?folder with the models, see benchmarks/README.md}
python=${PYTHON:-python3}
compressor=${COMPRESSOR:-$here/../compressor}
work=${WORK:-$(mktemp -d)}
model=$zoo/models/all-minilm-l6-v2/all-minilm-l6-v2.onnx
tokenizer=${model%.onnx}-tokenizer.json
printf 'kind: text\nfiles: [%s]\ntokenizer: %s\nlength: 128\n' "$zoo/data/nlp/calib_more.txt" "$tokenizer" > "$work/more.yaml"
printf 'recipe: 1\nsteps:\n  - pass: jlcm\n    with: { %s }\nencoding: { prefer: size }\n' "$2" > "$work/$1.yaml"
"$compressor" compress "$model" -o "$work/$1.onnx" -r "$work/$1.yaml" --data "$work/more.yaml" --force --quiet
stat -c '%s %n' "$model" "$work/$1.onnx"
"$python" "$here/peers/cosine.py" "$model" "$work/$1.onnx" "$tokenizer" --texts 200
"$python" "$here/peers/enc_task.py" "$work/$1.onnx" "$tokenizer" --data "$zoo/data/nlp" --probe "$zoo/probes/minilm-l6.npz" --tasks trec,movie,wordsim --threads 1 | tail -n 1
