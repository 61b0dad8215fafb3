#!/bin/bash
# BCT: what each part costs when it is computed in integers, and what the size of blocks does. 8 bits unless said otherwise.
# usage: COMPRESSOR_ZOO=DIR [PYTHON=...] [OUT=DIR] benchmarks/bct-parts.sh [ROW...]      a ROW is NAME=OPTIONS of the bct pass
# Writes OUT/NAME.onnx for peers/lat.py and prints bytes, cosine on 200 unseen texts and the task scores.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
zoo=${COMPRESSOR_ZOO:?folder with the models, see benchmarks/README.md}
python=${PYTHON:-python3}
compressor=${COMPRESSOR:-$here/../compressor}
model=$zoo/models/all-minilm-l6-v2/all-minilm-l6-v2.onnx
tokenizer=${model%.onnx}-tokenizer.json
out=${OUT:-$(mktemp -d)}
parts() { echo "components: [weights, embeddings$1]"; }
all=", matmul, gelu, softmax, layernorm, intermediates"
exact="bits: 8, scale: exact, block: 64, vectors: 16, arithmetic: float"
rows=("$@")
if [ $# = 0 ]; then
  rows=("none=$exact" "gelu=$exact, $(parts ", gelu")" "softmax=$exact, $(parts ", softmax")"
    "layernorm=$exact, $(parts ", layernorm")" "intermediates=$exact, $(parts ", intermediates")"
    "matmul=$exact, $(parts ", matmul")" "all=$exact, $(parts "$all")")
  for block in 16 32 64 128 full; do
    rows+=("paper-$block=bits: 8, block: $block, vectors: 16, arithmetic: float, $(parts "$all")")
  done
fi
for row in "${rows[@]}"; do
  name=${row%%=*}
  printf 'recipe: 1\nsteps:\n  - pass: bct\n    with: { %s }\nencoding: { prefer: size }\n' "${row#*=}" > "$out/$name.yaml"
  "$compressor" compress "$model" -o "$out/$name.onnx" -r "$out/$name.yaml" --quiet --force > "$out/$name.log"
  echo "$name: $(stat -c %s "$out/$name.onnx") bytes, $("$python" "$here/peers/cosine.py" "$model" "$out/$name.onnx" "$tokenizer" ${TEXTS:---texts 200} | tail -n 1)"
  "$python" "$here/peers/enc_task.py" "$out/$name.onnx" "$tokenizer" --data "$zoo/data/nlp" --pool mean \
    --probe "$zoo/probes/minilm-l6.npz" --tasks trec,movie,wordsim --threads 1 | tail -n 1
done
