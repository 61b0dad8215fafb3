#!/bin/bash
# BCT: whole files without data, scored by programs that know nothing of this toolkit.
# usage: COMPRESSOR_ZOO=DIR [PYTHON=...] [MODEL=x.onnx TOKENIZER=x.json PROBE=probe.npz POOL=mean|cls] benchmarks/bct.sh [RECIPE...]
# Without recipes: preset bct and everything that it is compared with. A PROBE that does not exist is trained on the fp32 model.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
zoo=${COMPRESSOR_ZOO:?folder with the models, see benchmarks/README.md}
python=${PYTHON:-python3}
compressor=${COMPRESSOR:-$here/../compressor}
model=${MODEL:-$zoo/models/all-minilm-l6-v2/all-minilm-l6-v2.onnx}
tokenizer=${TOKENIZER:-${model%.onnx}-tokenizer.json}
probe=${PROBE:-$zoo/probes/minilm-l6.npz}
out=${OUT:-$(mktemp -d)}
recipes=("$@")
if [ $# = 0 ]; then recipes=(bct "$here"/recipes/bct-*.yaml "$here"/recipes/rtn-equal.yaml); fi
score() {
  "$python" "$here/peers/enc_task.py" "$1" "$tokenizer" --data "$zoo/data/nlp" --pool "${POOL:-mean}" --probe "$probe" \
    --tasks trec,movie,wordsim --threads 1 | tail -n 1
}
score "$model"
for recipe in "${recipes[@]}"; do
  name=$(basename "${recipe%.yaml}")
  how=(--preset "$recipe")
  if [ -f "$recipe" ]; then how=(-r "$recipe"); fi
  start=$(date +%s.%N)
  "$compressor" compress "$model" -o "$out/$name.onnx" "${how[@]}" --quiet --force > /dev/null
  echo "$name: $(stat -c %s "$out/$name.onnx") bytes of $(stat -c %s "$model"), $(echo "$(date +%s.%N) - $start" | bc) s"
  score "$out/$name.onnx"
done
if [ -z "${NO_TIMES:-}" ]; then
  shape=(--shape input_ids=1x128 --shape attention_mask=1x128 --shape token_type_ids=1x128)
  "$compressor" bench "$model" "$out"/bct*.onnx "${shape[@]}"
fi
