#!/bin/bash
# The same inputs and the same table of kernel times give the same bytes at 1, 2 and 4 threads.
# usage: COMPRESSOR_ZOO=DIR benchmarks/determinism.sh [PRESET]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
zoo=${COMPRESSOR_ZOO:?folder with the models, see benchmarks/README.md}
compressor=${COMPRESSOR:-$here/../compressor}
model=$zoo/models/all-minilm-l6-v2/all-minilm-l6-v2.onnx
out=$(mktemp -d)
printf 'kind: text\nfiles: [%s]\ntokenizer: %s\nlength: 128\nlimit: 64\n' "$zoo/data/nlp/calib_texts.txt" "${model%.onnx}-tokenizer.json" > "$out/calib.yaml"
"$compressor" compress "$model" -o "$out/warm.onnx" --preset "${1:-int8}" --data "$out/calib.yaml" --workspace "$out/ws" --threads 1 --quiet
for threads in 1 2 4; do
  "$compressor" compress "$model" -o "$out/t$threads.onnx" --preset "${1:-int8}" --data "$out/calib.yaml" --workspace "$out/ws" --threads "$threads" --quiet
done
sha256sum "$out"/t*.onnx
cmp "$out/t1.onnx" "$out/t2.onnx" && cmp "$out/t1.onnx" "$out/t4.onnx" && echo "byte-identical at 1, 2 and 4 threads"
