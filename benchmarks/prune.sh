#!/bin/bash
# Pruning of one model to one sparsity, scored by programs that know nothing of this toolkit: one line a run.
# usage: COMPRESSOR_ZOO=DIR [PYTHON=...] [COMPRESSOR=...] [WORK=DIR] [DATA=...] benchmarks/prune.sh cnn|minilm NAME "OPTIONS OF prune"
#   benchmarks/prune.sh cnn dp-90 "sparsity: 90%"
#   benchmarks/prune.sh cnn lamp-90 "sparsity: 90%, allocation: lamp"
#   benchmarks/prune.sh minilm dp-80-learnt "sparsity: 80%, samples: 64, rounds: 4, distill-steps: 400"
#   benchmarks/prune.sh cnn add "sparsity: 50%, trials: 100"      additivity: what the report says
# The CNN learns from cnn_calib.npz unless DATA names more; MiniLM from the texts of calib_more.txt.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
zoo=${COMPRESSOR_ZOO:?folder with the models, see benchmarks/README.md}
python=${PYTHON:-python3}
compressor=${COMPRESSOR:-$here/../compressor}
work=${WORK:-$(mktemp -d)}
kind=$1 name=$2
if [ "$kind" = cnn ]; then
  model=$zoo/models/cifar10_cnn.onnx
  data=${DATA:-$zoo/data/cnn_calib.npz}
else
  model=$zoo/models/all-minilm-l6-v2/all-minilm-l6-v2.onnx
  tokenizer=${model%.onnx}-tokenizer.json
  data=$work/texts.yaml
  printf 'kind: text\nfiles: [%s]\ntokenizer: %s\nlength: 128\n' "$zoo/data/nlp/calib_more.txt" "$tokenizer" > "$data"
fi
out=$work/$kind-$name
printf 'recipe: 1\nsteps:\n  - pass: prune\n    with: { %s }\n' "$3" > "$out.yaml"
begin=$(date +%s)
"$compressor" compress "$model" -o "$out.onnx" -r "$out.yaml" --data "$data" --threads 1 --force --report "$out" --log-format json > "$out.log" 2>&1
seconds=$(($(date +%s) - begin))
if [ "$kind" = cnn ]; then
  score=$("$python" "$here/peers/vision_task.py" cls "$out.onnx" "$zoo/data/cifar10.npz" --scale 1 | tail -n 1)
else
  score=$("$python" "$here/peers/cosine.py" "$model" "$out.onnx" "$tokenizer" --texts 200 | tail -n 1)
  score="$score | $("$python" "$here/peers/enc_task.py" "$out.onnx" "$tokenizer" --data "$zoo/data/nlp" --probe "$zoo/probes/minilm-l6.npz" --tasks trec,movie,wordsim --threads 1 | tail -n 1)"
fi
printf '%s\t%s\t%s s\t%s bytes\t%s\n' "$kind" "$name" "$seconds" "$(stat -c %s "$out.onnx")" "$score"
grep -o 'prune[^"]*' "$out/report.md" || true
[ -n "${KEEP:-}" ] || rm -f "$out.onnx"
