#!/bin/bash
# Read -> write of real and awkward models, judged by protobuf, and of 5 GB with a heap of 100 MB.
# usage: COMPRESSOR_ZOO=DIR PYTHON=python-with-onnx benchmarks/roundtrip.sh [models|big]...
# TMPDIR needs 6 GB for `big` (the input is sparse); everything there is deleted at the end.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
"$here/../compressor" --version
lib=$here/../compressor-cli/target/compressor/lib
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

roundtrip() { java "$1" -cp "$lib/*" "$here/RoundTrip.java" "$2" "$3"; }

models() {
  : "${COMPRESSOR_ZOO:?folder with the models, see benchmarks/README.md}"
  "$python" "$here/peers/roundtrip.py" gather "$work/in" \
    "$COMPRESSOR_ZOO"/models/all-minilm-l6-v2/all-minilm-l6-v2.onnx "$COMPRESSOR_ZOO"/models/*.onnx
  roundtrip -Xmx100m "$work/in" "$work/out" >"$work/log"
  "$python" "$here/peers/roundtrip.py" compare "$work/in" "$work/out" "$work/log"
}

big() {
  "$python" "$here/peers/roundtrip.py" big "$work/big-in"
  roundtrip -Xmx100m "$work/big-in" "$work/big-out"
  "$python" "$here/peers/roundtrip.py" compare-big "$work/big-in/big.onnx" "$work/big-out/big.onnx"
}

for part in "${@:-models}"; do "$part"; done
