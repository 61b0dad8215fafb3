#!/bin/bash
# Wall time (with the start of Java) and resident memory of `inspect` on a model of 652 MB.
# usage: COMPRESSOR_ZOO=DIR [PYTHON=...] [RUNS=10] benchmarks/inspect.sh [MODEL]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
model=${1:-${COMPRESSOR_ZOO:?folder with the models, see benchmarks/README.md}/models/smollm2/model.onnx}
compressor=${COMPRESSOR:-$here/../compressor}
"$compressor" --version
"$compressor" inspect "$model" | head -n 12
"${PYTHON:-python3}" "$here/peers/measure.py" "${RUNS:-10}" "$compressor" inspect "$model"
