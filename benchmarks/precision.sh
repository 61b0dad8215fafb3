#!/bin/bash
# Mixed precision: all orders of the precision pass on one model, in one process, and how far predicted losses can be trusted.
# usage: COMPRESSOR_ZOO=DIR benchmarks/precision.sh cnn|minilm|efficientnet [LIMIT...]     (limits: drops of the metric)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
zoo=${COMPRESSOR_ZOO:?folder with the models, see benchmarks/README.md}
python=${PYTHON:-python3}
app=${APP:-$here/../compressor-cli/target/compressor}
out=$(mktemp -d)
which=$1
shift
"$python" "$here/peers/precision_data.py" "$which" "$zoo" "$out"
case $which in
  cnn) model=$zoo/models/cifar10_cnn.onnx; data=$out/cnn.npz; metric=top1; samples=128; rows=4096 ;;
  minilm) model=$zoo/models/all-minilm-l6-v2/all-minilm-l6-v2.onnx; data=$out/minilm.yaml; metric=cosine; samples=32; rows=128 ;;
  efficientnet) model=$zoo/models/efficientnet_lite0.onnx; data=$out/efficientnet.npz; metric=cosine; samples=32; rows=256 ;;
esac
mkdir "$out/classes"
javac -d "$out/classes" -cp "$app/lib/*" "$here/BenchKernels.java" "$here/PrecisionOrders.java"
java -Xmx4g -cp "$out/classes:$app/lib/*" io.compressor.pass.precision.PrecisionOrders \
  "$model" "$data" "${METRIC:-$metric}" "${SAMPLES:-$samples}" "${ROWS:-$rows}" "$@"
if [ "${CONFIGURATIONS:-100}" != 0 ]; then
  "$app/bin/compressor" analyze "$model" --data "$data" --samples "$samples" --levels "${LEVELS:-8,4}" \
    --configurations "${CONFIGURATIONS:-100}" --report "${REPORT:-$out/report}" --quiet | tail -n 4
fi
