#!/bin/bash
# The gate on real pairs: what it prints and its exit codes. Data descriptors are made on the way.
# usage: COMPRESSOR_ZOO=DIR benchmarks/check.sh
# Candidates are made by other tools, see README.md; CANDIDATES is their folder (default: DIR/peers).
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
zoo=$(cd "${COMPRESSOR_ZOO:?folder with the models, see benchmarks/README.md}" && pwd)
peers=${CANDIDATES:-$zoo/peers}
compressor=${COMPRESSOR:-$here/../compressor}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrong=0

expect() {
  local code=$1 what=$2
  shift 2
  echo "## $what"
  echo "\$ compressor check $*" | sed "s#$zoo/##g; s#$work/##g"
  "$compressor" check "$@" 2>&1 | tail -n 25 | sed "s#$zoo/##g; s#$work/##g"
  local got=${PIPESTATUS[0]}
  echo "exit $got (expected $code)"
  [ "$got" = "$code" ] || wrong=1
}

cnn=$zoo/models/cifar10_cnn.onnx
cnn8=$peers/cnn-ort-static-pct.onnx
minilm=$zoo/models/all-minilm-l6-v2/all-minilm-l6-v2.onnx
minilm8=$peers/minilm-ort-dyn-pc.onnx
images() { printf 'kind: npz\nfiles: %s\nlimit: %s\n' "$zoo/data/cnn_eval.npz" "$1"; }
images "${SAMPLES:-10000}" >"$work/images.yaml"
images 100 >"$work/few.yaml"
cat >"$work/texts.yaml" <<YAML
kind: text
files: $zoo/data/nlp/calib_texts.txt
tokenizer: $zoo/models/all-minilm-l6-v2/all-minilm-l6-v2-tokenizer.json
length: 128
limit: ${TEXTS:-64}
YAML

expect 0 "CNN, int8: within 2 % of accuracy and a third of the size" \
  "$cnn" "$cnn8" --data "$work/images.yaml" --metric top1 --max-drop 2% --max-size 33%
expect 3 "CNN, int8: a tenth of the size is not reached" \
  "$cnn" "$cnn8" --data "$work/few.yaml" --metric top1 --max-drop 5% --max-size 10%
expect 0 "CNN against itself: drop 0" \
  "$cnn" "$cnn" --data "$work/images.yaml" --metric top1 --max-drop 0% --confidence 95%
expect 3 "CNN, int8, 100 samples at 95 %: undecided, and how many samples it needs" \
  "$cnn" "$cnn8" --data "$work/few.yaml" --metric top1 --max-drop 1% --confidence 95%
expect 0 "MiniLM, dynamic int8: cosine within 10 %" \
  "$minilm" "$minilm8" --data "$work/texts.yaml" --metric cosine --max-drop 10%
expect 3 "MiniLM, dynamic int8: cosine within 0.1 %" \
  "$minilm" "$minilm8" --data "$work/texts.yaml" --metric cosine --max-drop 0.1%
expect 0 "MiniLM against itself: drop 0" \
  "$minilm" "$minilm" --data "$work/texts.yaml" --metric cosine --max-drop 0%
expect 2 "A metric that needs labels, on data without" \
  "$minilm" "$minilm8" --data "$work/texts.yaml" --metric top1 --max-drop 1%
expect 2 "A candidate that does not exist" \
  "$cnn" "$work/absent.onnx" --data "$work/images.yaml" --metric top1 --max-drop 1%
expect 2 "A candidate that is no ONNX model" \
  "$cnn" "$zoo/data/nlp/calib_texts.txt" --data "$work/images.yaml" --metric top1 --max-drop 1%
echo "all as expected: $([ $wrong = 0 ] && echo yes || echo no)"
exit $wrong
