#!/bin/bash
# One budget over all methods beside each method alone, at equal bytes or equal time: one line a run, scored by programs that know
# nothing of this toolkit.
# usage: COMPRESSOR_ZOO=DIR [PYTHON=...] [COMPRESSOR=...] [WORK=DIR] [ONLY="joint bits"] benchmarks/joint.sh cnn|minilm "size: 10%" ["latency: 40%" ...]
#   joint    bits, zeros and low rank                     rank     low rank, factors in 8 bits
#   bits     8, 4, 3 and 2 bits                           prune    the prune pass, values in 8 bits, its sparsity by bisection
#   zeros    4 bits, with and without zeros               maestro  the maestro pass without learning, factors in float
# The first four are the same search with fewer treatments; the last two take sizes only.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
zoo=${COMPRESSOR_ZOO:?folder with the models, see benchmarks/README.md}
python=${PYTHON:-python3}
compressor=${COMPRESSOR:-$here/../compressor}
work=${WORK:-$(mktemp -d)}
kind=$1
shift
"$python" "$here/peers/precision_data.py" "$kind" "$zoo" "$work"
if [ "$kind" = cnn ]; then
  model=$zoo/models/cifar10_cnn.onnx
  data=$zoo/data/cnn_calib.npz
  samples=64
else
  model=$zoo/models/all-minilm-l6-v2/all-minilm-l6-v2.onnx
  data=$work/minilm.yaml
  samples=32
fi

score() { # MODEL
  if [ "$kind" = cnn ]; then
    "$python" "$here/peers/vision_task.py" cls "$1" "$zoo/data/cifar10.npz" --scale 1 | tail -n 1
  else
    tokenizer=${model%.onnx}-tokenizer.json
    "$python" "$here/peers/cosine.py" "$model" "$1" "$tokenizer" --texts 200 | tail -n 1 | tr '\n' ' '
    "$python" "$here/peers/enc_task.py" "$1" "$tokenizer" --data "$zoo/data/nlp" --probe "$zoo/probes/minilm-l6.npz" --tasks trec,movie,wordsim --threads 1 | tail -n 1
  fi
}

run() { # NAME STEP BUDGET
  printf 'recipe: 1\nsteps:\n  - %s\n%s\n' "$2" "${3:+budget: { $3 \}}" > "$work/$1.yaml"
  "$compressor" compress "$model" -o "$work/$1.onnx" -r "$work/$1.yaml" --data "$data" --threads 2 --force --report "$work/$1" > "$work/$1.log" 2>&1 || true
}

line() { # NAME BUDGET SECONDS
  printf '%s\t%s\t%s\t%s s\t%s bytes\t%s\t%s\n' "$kind" "$2" "$1" "$3" "$(stat -c %s "$work/$1.onnx")" \
    "$(grep -o '^latency.*' "$work/$1.log" | head -n 1)" "$(score "$work/$1.onnx")"
}

for budget in "$@"; do
  for name in ${ONLY:-joint bits zeros rank prune maestro}; do
    with="samples: $samples, points: ${POINTS:-0}, refine: ${REFINE:-1}"
    begin=$(date +%s)
    case $name in
      joint) run joint "{ pass: joint, with: { $with } }" "$budget" ;;
      bits) run bits "{ pass: joint, with: { $with, zeros: [], ranks: [] } }" "$budget" ;;
      zeros) run zeros "{ pass: joint, with: { $with, levels: [16, 4], ranks: [] } }" "$budget" ;;
      rank) run rank "{ pass: joint, with: { $with, levels: [16, 8], zeros: [] } }" "$budget" ;;
      prune | maestro)
        case $budget in size:*%) ;; *) continue ;; esac
        percent=$(echo "$budget" | tr -dc '0-9.')
        most=$("$python" -c "import os;print(int(os.path.getsize('$model')*$percent/100))")
        low=0 high=1
        for _ in 1 2 3 4 5 6 7; do
          middle=$("$python" -c "print(($low+$high)/2)")
          if [ "$name" = prune ]; then
            run prune "{ pass: prune, with: { sparsity: $middle, storage: mask-8bit, samples: $samples } }" ""
          else
            run maestro "{ pass: maestro, with: { size: $("$python" -c "print(round(100*(1-$middle),2))")%, steps: 0 } }" ""
          fi
          if [ -f "$work/$name.onnx" ] && [ "$(stat -c %s "$work/$name.onnx")" -le "$most" ]; then
            high=$middle
            cp "$work/$name.onnx" "$work/$name-best.onnx"
          else
            low=$middle
          fi
        done
        [ ! -f "$work/$name-best.onnx" ] || mv "$work/$name-best.onnx" "$work/$name.onnx"
        ;;
    esac
    line "$name" "$budget" $(($(date +%s) - begin))
  done
done
