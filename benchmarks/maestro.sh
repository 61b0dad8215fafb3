#!/bin/bash
# Low rank: MiniLM without labels, or the CIFAR-10 CNN, each scored by programs that know nothing of this toolkit.
# usage: COMPRESSOR_ZOO=DIR [PYTHON=...] [COMPRESSOR=...] [WORK=DIR] [DATA=NPZ] [TEST=PICTURES] [THREADS=1] benchmarks/maestro.sh minilm|cifar NAME "OPTIONS OF maestro"
#   benchmarks/maestro.sh minilm plain    "size: 50%, steps: 0, whiten: false"
#   benchmarks/maestro.sh minilm whitened "size: 50%, steps: 0"
#   benchmarks/maestro.sh minilm tuned    "size: 50%, steps: 120, ordered: 0"
#   benchmarks/maestro.sh minilm maestro  "size: 50%, steps: 120"
#   DATA=cifar8k.npz benchmarks/maestro.sh cifar tuned25 "size: 25%, steps: 300, ordered: 0"
# DATA: training pictures as input (and label), as the CNN reads them: float32, 0 to 255, NCHW.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
zoo=${COMPRESSOR_ZOO:?folder with the models, see benchmarks/README.md}
python=${PYTHON:-python3}
compressor=${COMPRESSOR:-$here/../compressor}
work=${WORK:-$(mktemp -d)}
name=$1-$2
printf 'recipe: 1\nsteps:\n  - pass: maestro\n    with: { %s }\n' "$3" > "$work/$name.yaml"
run() { "$compressor" compress "$1" -o "$work/$name.onnx" -r "$work/$name.yaml" --data "$2" --report "$work/$name" --threads "${THREADS:-1}" --force --quiet; }
echo "== $name: $3 · $(date -u +%H:%M)"
if [ "$1" = minilm ]; then
  model=$zoo/models/all-minilm-l6-v2/all-minilm-l6-v2.onnx
  tokenizer=${model%.onnx}-tokenizer.json
  printf 'kind: text\nfiles: [%s]\ntokenizer: %s\nlength: 128\n' "$zoo/data/nlp/calib_more.txt" "$tokenizer" > "$work/more.yaml"
  run "$model" "$work/more.yaml"
  "$python" "$here/peers/enc_task.py" "$work/$name.onnx" "$tokenizer" --data "$zoo/data/nlp" --probe "$zoo/probes/minilm-l6.npz" --tasks trec,movie,wordsim --threads 1 | tail -n 1
else
  model=$zoo/models/cifar10_cnn.onnx
  run "$model" "${DATA:-$zoo/data/cnn_calib.npz}"
  "$python" "$here/peers/vision_task.py" cls "$work/$name.onnx" "$zoo/data/cifar10.npz" --scale 1 --n "${TEST:-10000}"
fi
stat -c '%s %n' "$work/$name.onnx"
grep -h 'held-out distance' "$work/$name/report.md" || true
echo "   done $(date -u +%H:%M)"
