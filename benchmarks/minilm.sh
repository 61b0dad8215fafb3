#!/bin/bash
# MiniLM: presets and recipes, scored by programs that know nothing of this toolkit.
# usage: COMPRESSOR_ZOO=DIR [PYTHON=...] benchmarks/minilm.sh RECIPE...     (int8, small, or a file of benchmarks/recipes)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
zoo=${COMPRESSOR_ZOO:?folder with the models, see benchmarks/README.md}
python=${PYTHON:-python3}
compressor=${COMPRESSOR:-$here/../compressor}
model=$zoo/models/all-minilm-l6-v2/all-minilm-l6-v2.onnx
tokenizer=${model%.onnx}-tokenizer.json
out=$(mktemp -d)
printf 'kind: text\nfiles: [%s]\ntokenizer: %s\nlength: 128\nlimit: 128\n' "$zoo/data/nlp/calib_texts.txt" "$tokenizer" > "$out/calib.yaml"
files=()
for recipe in "$@"; do
  name=$(basename "${recipe%.yaml}")
  how=(--preset "$recipe")
  if [ -f "$recipe" ]; then how=(-r "$recipe"); fi
  "$compressor" compress "$model" -o "$out/$name.onnx" "${how[@]}" --data "$out/calib.yaml" --quiet
  files+=("$name=$out/$name.onnx")
done
stat -c '%s %n' "$model" "${files[@]#*=}"
for file in "${files[@]#*=}"; do
  "$python" "$here/peers/cosine.py" "$model" "$file" "$tokenizer" --texts 200
  "$python" "$here/peers/enc_task.py" "$file" "$tokenizer" --data "$zoo/data/nlp" --probe "$zoo/probes/minilm-l6.npz" --tasks trec,movie,wordsim --threads 1 | tail -n 1
done
"$python" "$here/peers/lat.py" --threads 1 --rounds 40 --shape 1x128 fp32="$model" ${PEERS:-} "${files[@]}"
