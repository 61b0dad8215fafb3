#!/bin/bash
# The CIFAR-10 CNN: int8, scored on all 10,000 test images by a program that knows nothing of this toolkit.
# usage: COMPRESSOR_ZOO=DIR [PYTHON=...] benchmarks/cnn.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
zoo=${COMPRESSOR_ZOO:?folder with the models, see benchmarks/README.md}
python=${PYTHON:-python3}
compressor=${COMPRESSOR:-$here/../compressor}
model=$zoo/models/cifar10_cnn.onnx
out=$(mktemp -d)
"$compressor" compress "$model" -o "$out/int8.onnx" --preset int8 --data "$zoo/data/cnn_calib.npz" --quiet
stat -c '%s %n' "$model" "$out/int8.onnx"
for file in "$model" ${PEERS:-} "$out/int8.onnx"; do
  "$python" "$here/peers/vision_task.py" cls "$file" "$zoo/data/cifar10.npz" --scale 1
done
list=(fp32="$model")
for peer in ${PEERS:-}; do list+=("$(basename "$peer" .onnx)=$peer"); done
"$python" "$here/peers/lat.py" --threads 1 --rounds 60 --batch 1,32 "${list[@]}" int8="$out/int8.onnx"
